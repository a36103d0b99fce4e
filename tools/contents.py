"""Write the README's table of contents from the notebooks' titles and **Takes** lines.

python tools/contents.py            rewrites what stands between the two markers
python tools/contents.py --check    changes nothing; exit code 1 where it is out of date
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.fresh import of_the_book  # noqa: E402

START, END = "<!-- contents -->", "<!-- /contents -->"
TAKES = re.compile(r"\*\*Takes\*\* (\d+) minutes? to read, (\d+) seconds? to run\.")


class ContentsError(Exception):
    """One line that says what to do."""


@dataclass(frozen=True)
class Section:
    """What the table says about one notebook."""

    path: Path  # from the repository's root
    title: str
    minutes: int
    seconds: int

    @property
    def chapter(self) -> str:
        folder = self.path.parts[1] if len(self.path.parts) > 2 else ""
        number, _, name = folder.partition("_")
        return f"{int(number)} · {name.replace('_', ' ').capitalize()}" if folder else "Start"


def sections(root: Path = ROOT) -> list[Section]:
    """Every notebook under chapters/, in the book's order."""
    return [_section(root, path.relative_to(root)) for path in of_the_book(root / "chapters")]


def _section(root: Path, path: Path) -> Section:
    try:
        notebook = json.loads((root / path).read_text(encoding="utf-8"))
        opening = "".join(notebook["cells"][0]["source"])
    except (OSError, ValueError, LookupError, TypeError):
        raise ContentsError(f"{path}: is no notebook with a first cell") from None
    title, takes = re.match(r"# (.+)", opening), TAKES.search(opening)
    if not title or not takes:
        raise ContentsError(
            f"{path}: its first cell needs # Title and "
            "**Takes** 15 minutes to read, 3 seconds to run."
        )
    return Section(path, title[1].strip(), int(takes[1]), int(takes[2]))


def table(found: list[Section]) -> str:
    """The table in Markdown, a row a notebook, with totals a chapter and in all."""
    rows = ["| Section | Minutes to read | Seconds to run |", "| --- | ---: | ---: |"]
    for chapter, members in groupby(found, key=lambda section: section.chapter):
        group = list(members)
        rows.append(_row(f"**{chapter}**", group, "**"))
        for section in group:
            rows.append(_row(f"[{section.title}]({section.path.as_posix()})", [section]))
    rows.append(_row("**In all**", found, "**"))
    return "\n".join(rows)


def _row(name: str, group: list[Section], mark: str = "") -> str:
    minutes, seconds = sum(s.minutes for s in group), sum(s.seconds for s in group)
    return f"| {name} | {mark}{minutes}{mark} | {mark}{seconds}{mark} |"


def updated(readme: str, found: list[Section]) -> str:
    """The README with its table of contents made anew."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ContentsError(f"README.md needs the lines {START} and {END} around its contents")
    return f"{before}{START}\n{table(found)}\n{END}{after}"


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing, only tell")
    options = parser.parse_args(arguments)
    readme = root / "README.md"
    try:
        old = readme.read_text(encoding="utf-8")
        new = updated(old, sections(root))
    except ContentsError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"README.md: cannot be read ({error.strerror})", file=sys.stderr)
        return 1
    if new == old:
        return 0
    if options.check:
        print("README.md: its contents are out of date: run python tools/contents.py")
        return 1
    with readme.open("w", encoding="utf-8", newline="\n") as file:
        file.write(new)
    print("README.md: contents written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
