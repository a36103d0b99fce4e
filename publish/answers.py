"""Write the index of terms, functions, errors and titles that the package's search reads.

python -m publish.answers            rewrites d2lutils/answers/index.json
python -m publish.answers --check    changes nothing; exit code 1 where it is out of date
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from d2lutils.answers.finding import folded
from publish.errors import errors
from publish.functions import functions
from publish.reading import ROOT, Notebook, book
from publish.synonyms import MEANT
from publish.terms import terms

SMALL = re.compile(  # words in titles that lead nowhere
    r"an?|and|at|by|in|its?|know|let|no|not|of|on|or|same|that|the|to|what|which|who|with"
)
INDEX = ROOT / "d2lutils" / "answers" / "index.json"


def text() -> str:
    """The index of the book as it stands, one entry a line."""
    notebooks = list(book())
    kinds = {"terms": terms(notebooks), "functions": functions(notebooks)}
    parts = [f'"{kind}": {{\n{_lines(entries)}\n}}' for kind, entries in kinds.items()]
    raised = ",\n".join(json.dumps(error, ensure_ascii=False) for error in errors(notebooks))
    titles = {notebook.path: [notebook.title, _words(notebook)] for notebook in notebooks}
    meant = {folded(other): term for other, term in MEANT.items()}
    parts += [f'"errors": [\n{raised}\n]', f'"meant": {{\n{_lines(meant)}\n}}']
    parts.append(f'"titles": {{\n{_lines(titles)}\n}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _words(notebook: Notebook) -> str:
    """The words of a title and, apart from them, of its file's name, as the search has them."""
    name = re.sub(r"^.*/|\.ipynb$|\d+_", "", notebook.path).replace("_", " ")
    parts = []
    for text in (notebook.title, name):
        words = map(folded, re.findall(r"\w+", text))
        parts.append(" ".join(word for word in words if not SMALL.fullmatch(word)))
    return f" {' / '.join(parts)} "


def _lines(entries: Mapping[str, Any]) -> str:
    dumped = {name: json.dumps(places, ensure_ascii=False) for name, places in entries.items()}
    return ",\n".join(f"{json.dumps(name, ensure_ascii=False)}: {d}" for name, d in dumped.items())


def main() -> int:
    """Write the index, or only compare it; the exit code says whether it was right."""
    parser = argparse.ArgumentParser(description="The index of the book's search.")
    parser.add_argument("--check", action="store_true", help="only say whether it is right")
    check = parser.parse_args().check
    new = text()
    if INDEX.is_file() and INDEX.read_text("utf-8") == new:
        return 0
    if check:
        print(f"{INDEX.relative_to(ROOT)} is out of date: run `make contents`.", file=sys.stderr)
        return 1
    INDEX.write_text(new, encoding="utf-8")
    print(f"{INDEX.relative_to(ROOT)}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
