"""How the book's files refer to its sections, and how they do so once sections have other numbers.

A section is meant by the path of its notebook, by its number (03/15, or "section 8" within its
chapter), by its exercises' names (03.15a) and by its modules (chapter_03/section_15). Each kind is
one pattern, and a text is gone through once for each: what has been renumbered is not met again.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

JOINT = r"""(?:/|-|["'] / ["'])"""  # between a folder and a file, also in Path("a") / "b"
NOTEBOOK = re.compile(
    rf"(?<![\w.])(?P<lead>(?:[\w.]+{JOINT})*?)(?:(?P<folder>\d\d_\w+)(?P<joint>{JOINT}))?"
    r"(?P<stem>\d\d_\w+?)(?P<ending>\.ipynb)?(?!\w)"
)
MODULE = re.compile(r"""chapter_(\d\d)(/|\.|_|["'] / ["']| import )section_(\d\d)(?!\d)""")
EXERCISE = re.compile(r"(?<![\w.])(\d\d)\.([1-9]\d?)([a-z])(?!\w)")
NUMBER = re.compile(r"(?<![\w/.])(\d\d)/(\d\d)(?![\w/]|\.\d)")  # but no date: 03/02/2012
PROSE = re.compile(
    r"(?P<foreign>\[[^\]]*\]\(\w+:[^)]*\))"
    r"|(?P<before>\b[Cc]hapter\s+(?P<first>\d\d?)(?:,|['’]s)\s+)?"
    r"(?P<word>\b[Ss]ections?\s+)"
    r"(?P<numbers>\d\d?(?:(?:,?\s+(?:and|or|to)\s+|,\s+|–)\d\d?)*)"
    r"(?P<after>\s+of\s+chapter\s+(?P<last>\d\d?))?"
    r"(?!\w|\.\d|/\d|\s+of\s+(?!chapter))"
)
HOME = re.compile(r"(?:^|/)chapters/(\d\d)_|chapter_(\d\d)")
PRINTED = ("text/", "application/vnd.d2l.check+json")


@dataclass(frozen=True, order=True)
class Section:
    """One notebook of a chapter: 03_data, 15_datasets_and_loaders."""

    folder: str
    stem: str

    @property
    def chapter(self) -> int:
        return int(self.folder[:2])

    @property
    def number(self) -> int:
        return int(self.stem[:2])

    @property
    def key(self) -> tuple[int, int]:
        return self.chapter, self.number

    @property
    def path(self) -> str:
        return f"chapters/{self.folder}/{self.stem}.ipynb"

    @classmethod
    def of(cls, path: str) -> "Section | None":
        """The section whose notebook lies at `path`, seen from the repository's root."""
        match = re.fullmatch(r"chapters/(\d\d_\w+)/(\d\d_\w+)\.ipynb", path)
        return cls(*match.groups()) if match else None


def home(path: str) -> int | None:
    """The chapter that a file belongs to: there, "section 8" needs no more words."""
    match = HOME.search(path)
    return int(match[1] or match[2]) if match else None


@dataclass
class Renumbering:
    """What every section becomes, and the same for the texts that refer to it.

    sections: each section of the book, and what it is afterwards.
    exercises: the same by number, where a copy's exercises are to be told from the original's.
    """

    sections: dict[Section, Section]
    exercises: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    count: int = 0
    unclear: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.numbers = {old.key: new.key for old, new in self.sections.items()}
        self.exercises = {**self.numbers, **self.exercises}
        stems = Counter(section.stem for section in self.sections)
        self.alone = {s.stem: s for s in self.sections if stems[s.stem] == 1}

    def text(self, text: str, before: str, after: str) -> str:
        """The text of a file that lies at `before` and will lie at `after`."""
        return self._prose(self._numbers(self.names(text, before, after)), before, after)

    def names(self, text: str, before: str, after: str) -> str:
        """The same for what only a section's name can be, which an output may hold as well."""
        text = NOTEBOOK.sub(lambda match: self._notebook(match, before, after), text)
        text = MODULE.sub(self._module, text)
        return EXERCISE.sub(self._exercise, text)

    def notebook(self, notebook: NotebookNode, before: str, after: str) -> None:
        """Renumber in a notebook's cells, what they have printed included."""
        for cell in notebook.cells:
            cell.source = self.text(cell.source, before, after)
            if "d2l" in cell.metadata:
                cell.metadata.d2l = self._inside(cell.metadata.d2l, before, after)
            for output in cell.get("outputs", []):
                for key in output.keys() & {"text", "evalue", "traceback"}:
                    output[key] = self._inside(output[key], before, after)
                for mime in output.get("data", {}):
                    if mime.startswith(PRINTED):
                        output.data[mime] = self._inside(output.data[mime], before, after)

    def module(self, path: str) -> str:
        """Where a file goes that belongs to a section by the name of its path."""
        return MODULE.sub(self._module, path)

    def _inside(self, value: Any, before: str, after: str) -> Any:
        if isinstance(value, str):
            return self.names(value, before, after)
        if isinstance(value, list):
            return [self._inside(part, before, after) for part in value]
        if isinstance(value, dict):
            return type(value)({k: self._inside(v, before, after) for k, v in value.items()})
        return value

    def _counted(self, old: str, new: str) -> str:
        self.count += old != new
        return new

    def _notebook(self, match: re.Match[str], before: str, after: str) -> str:
        lead, folder, joint = match["lead"], match["folder"], match["joint"]
        here, there = (re.match(r"chapters/(\d\d_\w+)/", path) for path in (before, after))
        if folder:
            section = Section(folder, match["stem"])
        else:
            near = Section(here[1], match["stem"]) if here else None
            section = near if near in self.sections else self.alone.get(match["stem"], near)
        if section not in self.sections:
            return match[0]
        new = self.sections[section]
        way = ""
        if folder:
            abroad = lead == "../" and here and there and folder != here[1]
            way = "" if abroad and new.folder == there[1] else f"{lead}{new.folder}{joint}"
        else:
            away = here and there and match["ending"] and new.folder != there[1]
            way = f"{lead}../{new.folder}/" if away else lead
        return self._counted(match[0], f"{way}{new.stem}{match['ending'] or ''}")

    def _module(self, match: re.Match[str]) -> str:
        key = int(match[1]), int(match[3])
        chapter, number = self.numbers.get(key, key)
        return self._counted(match[0], f"chapter_{chapter:02}{match[2]}section_{number:02}")

    def _exercise(self, match: re.Match[str]) -> str:
        key = int(match[1]), int(match[2])
        chapter, number = self.exercises.get(key, key)
        return self._counted(match[0], f"{chapter:02}.{number}{match[3]}")

    def _numbers(self, text: str) -> str:
        def renumbered(match: re.Match[str]) -> str:
            key = int(match[1]), int(match[2])
            chapter, number = self.numbers.get(key, key)
            return self._counted(match[0], f"{chapter:02}/{number:02}")

        return NUMBER.sub(renumbered, text)

    def _prose(self, text: str, before: str, after: str) -> str:
        def retold(match: re.Match[str]) -> str:
            named = match["first"] or match["last"]
            chapter = int(named) if named else home(before)
            if match["foreign"] or chapter is None:
                return match[0]
            keys = [(chapter, int(number)) for number in re.findall(r"\d+", match["numbers"])]
            new = [self.numbers.get(key, key) for key in keys]
            chapters = {key[0] for key in new}
            if len(chapters) > 1:
                self.unclear[f"{after}: {match[0]!r} are sections of two chapters now"] += 1
                return match[0]
            following = iter(new)
            numbers = re.sub(r"\d+", lambda _: str(next(following)[1]), match["numbers"])
            first, last = match["before"] or "", match["after"] or ""
            now = str(chapters.pop())
            if named:
                first, last = (re.sub(r"\d+", now, part) for part in (first, last))
            elif now != str(home(after)):
                last = f" of chapter {now}"
            return self._counted(match[0], f"{first}{match['word']}{numbers}{last}")

        return PROSE.sub(retold, text)
