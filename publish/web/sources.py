"""The pages that Sphinx reads: the notebooks as they are, a start page, and the indexes."""

import json
import shutil
from itertools import groupby
from pathlib import Path

from publish.reading import ROOT, TITLE, describe, document, named
from publish.web.indexes import INDEXES
from publish.web.ways import Ways
from tools.contents import Section, sections

HERE = Path(__file__).resolve().parent
OWN_KINDS = ("application/vnd.d2l.figure+json", "application/vnd.d2l.check+json")  # for tests
SOLUTION = {"code_prompt_show": "Open the solution", "code_prompt_hide": "Close the solution"}


def write(folder: Path, mathjax: Path, ways: Ways) -> None:
    """Write all of the book's sources into an empty folder."""
    known = sections()
    for section in known:
        page = folder / section.path.relative_to("chapters")
        page.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / section.path, page)
    for name, (heading, text) in INDEXES.items():
        (folder / f"{name}.md").write_text(f"# {heading}\n\n{text()}", "utf-8")
    (folder / "index.md").write_text(_start(known, ways), "utf-8")
    static = folder / "_static"
    shutil.copytree(HERE / "static", static)
    (static / "mathjax").mkdir()
    shutil.copyfile(mathjax / "es5" / "tex-svg-full.js", static / "mathjax" / "tex-svg-full.js")


def _start(known: list[Section], ways: Ways) -> str:
    minutes = sum(section.minutes for section in known)
    lines = [
        f"# {TITLE}\n",
        "A book of Jupyter notebooks that teaches PyTorch from the tensor up. Each section asks a "
        "question, builds the answer by hand, replaces it by the library's own call, and shows "
        "that both agree. Every output on these pages is also a test.\n",
        f"There are {len(known)} sections; reading all of them takes some {minutes // 60} hours.\n",
        "**To run it**, take a copy of the repository and type `make lab`. While the lab is open, "
        "*Open in the lab* at the top of a page leads to its notebook.\n",
        "**To find something**, use the search, or one of these pages: "
        + ", ".join(f"[{heading}]({name}.md)" for name, (heading, _) in INDEXES.items())
        + ".\n",
        ways.of_start(),
    ]
    for chapter, group in groupby(known, key=lambda section: section.chapter):
        found = list(group)
        lines += [f"## {chapter}\n", *map(_entry, found), ""]
        lines += ["```{toctree}", ":hidden:", f":caption: {chapter}", ""]
        lines += [f"{named(s)} <{document(s)}>" for s in found]
        lines += ["```\n"]
    lines += ["```{toctree}", ":hidden:", ":caption: Find", "", *INDEXES, "```\n"]
    return "\n".join(lines)


def _entry(section: Section) -> str:
    return f"- [{named(section)}]({document(section)}.ipynb) · {section.minutes} minutes"


def prepare(name: str, text: str, ways: Ways) -> str:
    """A notebook's text as its page shows it: ways out of it, solutions to open by a click."""
    notebook = json.loads(text)
    first = notebook["cells"][0]
    lines = "".join(first["source"]).split("\n")
    first["source"] = "\n".join([lines[0], "", ways.of_page(name), *lines[1:]])
    describe(notebook["cells"])
    for cell in notebook["cells"]:
        if "alt" in cell["metadata"]:
            cell["metadata"]["mystnb"] = {"image": {"alt": cell["metadata"]["alt"]}}
        if "solution" in cell["metadata"].get("tags", []):
            cell["metadata"]["mystnb"] = SOLUTION
        for output in cell.get("outputs", []):
            for kind in OWN_KINDS:
                output.get("data", {}).pop(kind, None)
    return json.dumps(notebook)
