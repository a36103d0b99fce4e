"""Give a section another place, and renumber all that hangs on it: `make move FROM=… TO=…`.

    python tools/move.py chapters/03_data/08_x.ipynb chapters/03_data/05_y.ipynb
    python tools/move.py --split chapters/03_data/08_x.ipynb chapters/03_data/09_y.ipynb
    python tools/move.py --insert chapters/03_data/09_y.ipynb

A section that is moved leaves no gap, and those that stand at its new place and after it make room.
--split leaves it where it is and puts a copy at the other place, exercises and checks included.
--insert only makes room, for a section that is still to be written. Checks, cases, links,
exercises' names and numbers in every file of the book follow. Nothing is written before all is
known to go well, and only files that git can put back are touched.
"""

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import clean, contents  # noqa: E402
from tools.references import MODULE, Renumbering, Section  # noqa: E402

KINDS = {".ipynb", ".md", ".py", ".toml", ".yml", ".yaml", ".cff", ".txt"}
NAMES = {"Makefile"}
ORDER = re.compile(r"(?:next|last|previous|first) section|^## Next", re.IGNORECASE)


class Failure(Exception):
    """Why nothing was changed, in one line."""


@dataclass
class Plan:
    """All that one command does.

    moves: from where to where a file goes.
    texts: the new content of a file, by its path before.
    copies: new files and their content.
    again: what people have to read, for no pattern can.
    """

    moves: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    count: int = 0


def git(root: Path, *arguments: str) -> list[str]:
    """The names that git lists, seen from `root`."""
    try:
        command = ["git", "-C", str(root), *arguments]
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except FileNotFoundError:
        raise Failure("git is not installed, and git must be able to put all back") from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().partition("\n")[0]
        raise Failure(f"git must be able to put all back, and says: {reason}") from None
    return [name for name in listed.split("\0") if name]


def section_at(argument: str, root: Path) -> Section:
    """The section that an argument names, written or not."""
    path = Path(os.path.abspath(argument))
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else argument
    section = Section.of(inside)
    if section is None:
        raise Failure(f"{argument}: a section is called chapters/03_data/08_name.ipynb")
    if not (root / "chapters" / section.folder).is_dir():
        raise Failure(f"there is no folder chapters/{section.folder}: make it first")
    return section


def renumbered(
    book: list[Section], moved: Section | None, to: Section, stays: bool
) -> dict[Section, Section]:
    """What each section becomes when `moved` goes to the place of `to`, or room is made there."""
    new = {section: section for section in book}
    if moved and not stays:
        for section in book:
            if section.chapter == moved.chapter and section.number > moved.number:
                new[section] = _at(section, section.number - 1)
        del new[moved]
    taken = {section.number for section in new.values() if section.chapter == to.chapter}
    if not 1 <= to.number <= max(taken, default=0) + 1:
        last = max(taken, default=0) + 1
        raise Failure(f"{to.path}: chapter {to.chapter} goes on with number {last:02} at most")
    free = next(number for number in range(to.number, 101) if number not in taken)
    for old, section in new.items():
        if section.chapter == to.chapter and to.number <= section.number < free:
            new[old] = _at(section, section.number + 1)
    return {**new, moved: to} if moved and not stays else new


def _at(section: Section, number: int) -> Section:
    return Section(section.folder, f"{number:02}{section.stem[2:]}")


def plan(root: Path, moved: Section | None, to: Section, split: bool) -> Plan:
    """Everything that is to be done; a Failure where it cannot be."""
    files = [name for name in git(root, "ls-files", "-z") if _is_text(root / name)]
    book = [section for section in map(Section.of, files) if section]
    if moved and moved not in book:
        raise Failure(f"git has no {moved.path}: say which section, or commit it first")
    if moved == to:
        raise Failure(f"{to.path} is there already")
    sections = renumbered(book, moved, to, stays=split)
    renumbering = Renumbering(sections)
    made = Plan()
    for name in files:
        section = Section.of(name)
        after = sections[section].path if section else renumbering.module(name)
        if after != name:
            made.moves[name] = after
    renumbering.count = 0
    for name in files:
        old = _read(root / name)
        after = made.moves.get(name, name)
        new = _rewritten(root / name, old, renumbering, name, after)
        if new != old:
            made.texts[name] = new
    made.again += _about_the_order(root, sections, [to] if split or not moved else [])
    if moved and split:
        _add_copies(root, files, moved, to, sections, made)
    _add_package(root, made)
    made.count = renumbering.count
    made.again += list(renumbering.unclear)
    _refuse_what_git_cannot_put_back(root, made)
    return made


def _is_text(path: Path) -> bool:
    kind = path.suffix in KINDS or path.name in NAMES
    return kind and path.is_file() and not path.is_symlink()


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: cannot be read ({error})") from None


def _rewritten(path: Path, old: str, renumbering: Renumbering, before: str, after: str) -> str:
    if path.suffix != ".ipynb":
        return renumbering.text(old, before, after)
    try:
        notebook = clean.read(path)
    except ValueError as error:
        raise Failure(str(error)) from None
    count = renumbering.count
    renumbering.notebook(notebook, before, after)
    return clean.dumps(notebook) if renumbering.count > count else old


def _about_the_order(root: Path, sections: dict[Section, Section], new: list[Section]) -> list[str]:
    """Cells that speak of the next section or the last, in sections with other neighbours now."""
    before, after = _neighbours(list(sections)), _neighbours([*sections.values(), *new])
    found = []
    for section, now in sections.items():
        around = [sections.get(near, near) for near in before[section]]
        if around != after[now]:
            cells = enumerate(clean.read(root / section.path).cells)
            spoken = [(i, ORDER.search(cell.source)) for i, cell in cells]
            found += [f"{now.path}, cell {i}: {match[0]}" for i, match in spoken if match]
    return found


def _neighbours(book: list[Section]) -> dict[Section, list[Section | None]]:
    line = [None, *sorted(book), None]
    return {
        middle: [a, b] for a, middle, b in zip(line, line[1:], line[2:], strict=False) if middle
    }


def _add_copies(
    root: Path,
    files: list[str],
    moved: Section,
    to: Section,
    sections: dict[Section, Section],
    made: Plan,
) -> None:
    """The start of the section that is split off: the notebook, its checks and their cases."""
    page = Renumbering(sections, {moved.key: to.key})
    copy = _rewritten(root / moved.path, _read(root / moved.path), page, moved.path, to.path)
    made.copies[to.path] = copy
    own = Renumbering({**sections, moved: to})
    for name in files:
        match = MODULE.search(name)
        if match and (int(match[1]), int(match[3])) == moved.key:
            path = own.module(name)
            made.copies[path] = own.text(_read(root / name), name, path)


def _add_package(root: Path, made: Plan) -> None:
    """A chapter's first checks need a package around them."""
    for path in [*made.moves.values(), *made.copies]:
        package = Path(path).parent
        name = (package / "__init__.py").as_posix()
        if package.name.startswith("chapter_") and not (root / name).exists():
            chapter = int(package.name.removeprefix("chapter_"))
            made.copies[name] = f'"""Checks of chapter {chapter}."""\n'


def _refuse_what_git_cannot_put_back(root: Path, made: Plan) -> None:
    touched = {*made.moves, *made.texts}
    if made.moves or made.copies:
        touched.add("README.md")
    changed = touched.intersection(git(root, "diff", "--relative", "--name-only", "-z", "HEAD"))
    if changed:
        first = min(changed)
        others = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
        raise Failure(f"{first}{others} has changes that are not committed: commit them first")
    for path in [*made.moves.values(), *made.copies]:
        if path not in made.moves and (root / path).exists():
            raise Failure(f"{path} is in the way: move it or delete it first")


def carry_out(root: Path, made: Plan) -> None:
    """Rename, then write; every name is free by then, for all files step aside first."""
    aside = {old: f"{old}.moving" for old in made.moves}
    for old, path in aside.items():
        git(root, "mv", old, path)
    for old, new in made.moves.items():
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        git(root, "mv", aside[old], new)
    texts = {made.moves.get(old, old): text for old, text in made.texts.items()}
    for path, text in {**texts, **made.copies}.items():
        with (root / path).open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    if made.copies:
        git(root, "add", "--intent-to-add", *made.copies)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="+", metavar="notebook.ipynb", help="from where, to where")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--split", action="store_true", help="leave it, and copy it to the place")
    kind.add_argument("--insert", action="store_true", help="only make room; give the place alone")
    options = parser.parse_args(arguments)
    try:
        if len(options.paths) != (1 if options.insert else 2):
            raise Failure(
                "say TO=… alone with INSERT=1, and FROM=… TO=… otherwise "
                "(chapters/03_data/08_name.ipynb)"
            )
        sections = [section_at(path, root) for path in options.paths]
        moved = None if options.insert else sections[0]
        contents.updated(_read(root / "README.md"), contents.sections(root))
        made = plan(root, moved, sections[-1], options.split)
    except (Failure, contents.ContentsError) as problem:
        print(f"Nothing was changed: {problem}", file=sys.stderr)
        return 1
    try:
        carry_out(root, made)
    except (Failure, OSError) as problem:
        print(f"Stopped halfway ({problem}): git status shows what was done.", file=sys.stderr)
        return 1
    contents.main([], root)
    for old, new in sorted(made.moves.items()):
        print(f"{old} -> {new}")
    for path in sorted(made.copies):
        print(f"new: {path}")
    print(f"{made.count} references renumbered in {len(made.texts)} files; git diff shows them.")
    if made.again:
        print("Read these again, whose words hang on the order of the sections:")
        print(*(f"  {line}" for line in made.again), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
