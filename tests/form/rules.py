"""The countable rules of a section; each yields (cell's position or None, what to do)."""

import ast
import re
import socket
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nbformat.validator import iter_validate

from tests.form import helpers
from tests.form.reading import (
    FIGURE,
    Exercise,
    Page,
    bound,
    checked,
    comments,
    headings,
    lines,
    outcome,
    pictures,
    printed,
    prose,
    tags,
    tree,
    without_code,
    words,
)
from tools import clean
from tools.contents import TAKES

SLIDE_TYPES = {"slide", "subslide", "fragment", "-", "notes", "skip"}
TAGS = {"raises-exception", "nbval-ignore-output", "exact"}
TAGS |= {"exercise", "solution", "hide-cell", "hide-input"}
KEYS = {  # of a cell's d2l
    **{"phrase": str, "advice": str, "also": list, "errors": list},
    **{"rtol": (int, float), "truth": bool, "drawing": bool},
}
ADVICE = 130  # letters at most: it is one line of d2l.explain
SECONDS = {7: 60, 8: 25}  # a chapter's limit for one notebook; 10 in all others
CELLS, WORDS = (20, 70), (900, 2800)
SLIDE_WORDS = 120
# A notebook opened alone, as in Colab, shows this line where the import fails.
ALONE = "import d2lutils as d2l  # missing? %pip install d2lutils"
MEDIAN, LONG, LONG_CLASS, LONGEST_CLASS, WIDTH = 4, 15, 20, 40, 79
BANNED = re.compile(
    r"\b(simply|just|obvious(?:ly)?|of course|clearly|easy|easily|trivial(?:ly)?)\b", re.IGNORECASE
)
# Labels of host names: a reader's package manager knows where packages are, a page need not.
REGISTRIES = {"pypi", "pythonhosted", "anaconda", "npmjs", "crates"}

PATHS = re.compile(r"(?:/home/|/root/|/tmp/|/work/|/Users/|/var/|/usr/|\b[A-Z]:\\|site-packages)")
VOLATILE = {
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}"),
    "a version": re.compile(r"(?<![\w.])\d+\.\d+\.\d+"),
    "a measured time": re.compile(r"\d\.\d+\s?(?:ns|µs|μs|us|ms)\b|Wall time|CPU times|per loop"),
}
PROGRESS = re.compile(r"\d%\||it/s\b|\r(?!\n)")

Breach = tuple[int | None, str]
Rule = Callable[[Page], Iterator[Breach]]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    RULES.append(check)
    return check


@rule
def is_normalised(page: Page) -> Iterator[Breach]:
    if page.notebook.nbformat_minor != 5:
        yield None, "save it as nbformat 4.5"
    else:
        for error in iter_validate(page.notebook):
            yield None, f"is not valid nbformat 4.5: {error.message.splitlines()[0][:100]}"
    identifiers = [cell.get("id") for _, cell in page.cells]
    if len(set(identifiers)) < len(identifiers):
        yield None, "two cells share an id: give one of them a new one"
    if clean.normalise(page.notebook) != page.notebook:
        yield None, f"is not normalised: run python tools/clean.py {page.name}"


@rule
def metadata_are_known(page: Page) -> Iterator[Breach]:
    known = {"rtol": (int, float), "measuring": bool}
    for key, value in page.notebook.metadata.get("d2l", {}).items():
        if not isinstance(value, known.get(key, ())):
            yield None, f"notebook metadata d2l.{key} is not known (rtol, measuring)"
    for i, cell in page.cells:
        for tag in sorted(tags(cell) - TAGS):
            yield i, f"tag {tag!r} is not known: use one of {', '.join(sorted(TAGS))}"
        for key, value in cell.metadata.get("d2l", {}).items():
            if not isinstance(value, KEYS.get(key, ())):
                yield i, f"cell metadata d2l.{key} is not known ({', '.join(KEYS)})"
        for error in cell.metadata.get("d2l", {}).get("errors", []):
            told = [error.get(name, "") for name in ("kind", "message", "advice")]
            if not all(told) or len(told[2]) > ADVICE or cell.cell_type != "markdown":
                yield i, f"d2l.errors needs kind, message, advice of {ADVICE} letters, in Markdown"
        if cell.cell_type == "raw":
            yield i, "is a raw cell: make it Markdown or code"
        if not cell.source.strip():
            yield i, "is empty: delete it"


@rule
def opens_with_goal_need_takes(page: Page) -> Iterator[Breach]:
    cell = page.notebook.cells[0] if page.notebook.cells else None
    if cell is None or cell.cell_type != "markdown" or not cell.source.startswith("# "):
        yield (
            0,
            "start with a Markdown cell: # Title, question, **You will**, **You need**, **Takes**",
        )
        return
    title, *paragraphs = (part.strip() for part in re.split(r"\n\s*\n", cell.source.strip()))
    if "\n" in title or not paragraphs:
        yield 0, "put a blank line after the title and then the section's question"
        return
    question = paragraphs[0]
    if "?" not in question or len(question.splitlines()) > 3 or len(question) > 300:
        yield (
            0,
            "open with a question (with its question mark) in 3 lines and 300 characters at most",
        )
    places = []
    for start in ("**You will** ", "**You need** ", "**Takes** "):
        found = [k for k, part in enumerate(paragraphs) if part.startswith(start)]
        if len(found) != 1:
            yield 0, f"give one paragraph that starts {start.strip()}"
        places += found[:1]
    if places != sorted(places):
        yield 0, "order the paragraphs **You will**, **You need**, **Takes**"
    takes = [TAKES.fullmatch(part) for part in paragraphs if part.startswith("**Takes** ")]
    if takes and not takes[0]:
        yield 0, "write **Takes** 15 minutes to read, 3 seconds to run. (in this shape, alone)"
    limit = SECONDS.get(page.order[0], 10)
    if takes and takes[0] and int(takes[0][2]) > limit:
        yield 0, f"takes more than {limit} seconds to run, this chapter's limit"


@rule
def ends_with_summary_exercises_next(page: Page) -> Iterator[Breach]:
    found = [(i, level, text) for i, cell in page.markdown for level, text in headings(cell.source)]
    titles = [i for i, level, _ in found if level == 1]
    for i in titles[1:]:
        yield i, "has a second # title: use ## for its sections"
    last = ["Summary", "Exercises", "Next"]
    sections = [(i, text) for i, level, text in found if level == 2]
    if [text for _, text in sections[-3:]] != last:
        yield None, "end with the sections ## Summary, ## Exercises, ## Next, in this order"
        return
    summary, exercises, following = (i for i, _ in sections[-3:])
    text = "\n".join(cell.source for i, cell in page.markdown if summary <= i < exercises)
    if len(re.findall(r"(?m)^[-*] ", text)) < 3:
        yield summary, "give the summary as a list of three statements at least (lines with - )"
    text = "\n".join(cell.source for i, cell in page.markdown if i >= following)
    if words(text) < 6:
        yield following, "say after ## Next where the book goes on"


@rule
def has_exercises(page: Page) -> Iterator[Breach]:
    exercises = page.exercises
    if len(exercises) < 3:
        yield None, f"has {len(exercises)} exercises (### Exercise {page.number}a: …): give three"
    for exercise, letter in zip(exercises, "abcdefghij", strict=False):
        if exercise.number != page.number + letter:
            yield exercise.index, f"start it ### Exercise {page.number}{letter}: and a verb"
        if not exercise.cells:
            yield exercise.index, "move the exercise into the section ## Exercises"
    if sum(bool(e.tagged("exercise") and e.tagged("solution")) for e in exercises) < 2:
        yield (
            None,
            "give at least two exercises a stub (tag exercise) with d2l.check and a solution",
        )
    inside = {i for exercise in exercises for i, _ in exercise.cells}
    for i, cell in page.code:
        if tags(cell) & {"exercise", "solution"} and i not in inside:
            yield i, "move the stub or solution below its ### Exercise heading in ## Exercises"
    for exercise in exercises:
        yield from _exercise(exercise)


def _exercise(exercise: Exercise) -> Iterator[Breach]:
    stubs, solutions = exercise.tagged("exercise"), exercise.tagged("solution")
    wordy = any("<summary>Solution</summary>" in cell.source for _, cell in exercise.cells)
    if stubs and not solutions:
        yield exercise.index, "give the stub a solution: a code cell tagged solution, hide-cell"
    elif not solutions and not wordy:
        yield exercise.index, "give a solution: a cell tagged solution, or <details> in Markdown"
    for i, cell in stubs + solutions:
        if (checked(cell.source) or ("",))[0] != exercise.number:
            yield i, f'end the cell with d2l.check("{exercise.number}", …)'
    for i, cell in stubs:
        said = "\n".join(map(printed, cell.outputs))
        if outcome(cell).get("passed") is not False or "not done yet" not in said:
            yield (
                i,
                'the stub\'s saved output must say "not done yet" (d2l.check of an untouched stub)',
            )
    names = {name for _, cell in stubs for name in bound(cell.source)}
    for i, cell in solutions:
        if outcome(cell) != {"check": exercise.number, "passed": True}:
            yield i, "the solution's saved output must be a passed check of its exercise"
        if not re.match(rf"# Solution {re.escape(exercise.number)}: \S", cell.source):
            yield i, f"start the solution with the comment # Solution {exercise.number}: …"
        if "hide-cell" not in tags(cell):
            yield i, "tag the solution hide-cell too"
        if cell.metadata.get("jupyter") != clean.HIDDEN:
            yield i, "hide the solution: jupyter: {source_hidden: true, outputs_hidden: true}"
        if cell.metadata.get("slideshow", {}).get("slide_type") != "skip":
            yield i, "give the solution the slide type skip"
        handed = (checked(cell.source) or ("", set[str]()))[1]
        for name in sorted(names & (bound(cell.source) | handed)):
            yield i, f"give {name} another name than the stub's"


@rule
def code_cells_are_short(page: Page) -> Iterator[Breach]:
    longest = []
    for i, cell in page.code:
        for number, line in enumerate(cell.source.splitlines(), start=1):
            if len(line) > WIDTH:
                yield i, f"break line {number}: {len(line)} characters, {WIDTH} at most"
        count = lines(cell.source)
        if any(isinstance(node, ast.ClassDef) for node in ast.walk(tree(cell.source))):
            if count > LONGEST_CLASS:
                yield i, f"split the class: {count} lines, {LONGEST_CLASS} at most"
            elif count > LONG_CLASS:
                longest.append(i)
        elif count > LONG:
            yield i, f"split the cell: {count} lines, {LONG} at most"
    for i in longest[1:]:
        yield i, f"split the class: only one cell of a page may have more than {LONG_CLASS} lines"
    if page.code:
        median = statistics.median(lines(cell.source) for _, cell in page.code)
        if median > MEDIAN:
            yield (
                None,
                f"split code cells: their median length is {median:g} lines, {MEDIAN} at most",
            )


@rule
def has_the_right_size(page: Page) -> Iterator[Breach]:
    if not CELLS[0] <= len(page.cells) <= CELLS[1]:
        yield None, f"has {len(page.cells)} cells: {CELLS[0]} to {CELLS[1]} are right"
    count = sum(words(cell.source) for _, cell in page.markdown)
    if not WORDS[0] <= count <= WORDS[1]:
        yield None, f"has {count} words of Markdown: {WORDS[0]} to {WORDS[1]} are right"
    row = 0
    for i, cell in page.cells:
        row = row + 1 if cell.cell_type == "code" and (i, cell) in page.lessons else 0
        if row == 3:
            yield i, "is the third code cell in a row: put a sentence before it"


@rule
def words_are_plain(page: Page) -> Iterator[Breach]:
    for i, cell in page.cells:
        text = prose(cell.source) if cell.cell_type == "markdown" else comments(cell.source)
        for word in sorted({match.lower() for match in BANNED.findall(text)}):
            yield i, f"leave out the word {word!r}"


@rule
def is_a_deck(page: Page) -> Iterator[Breach]:
    for i, cell in page.cells:
        slide = cell.metadata.get("slideshow", {}).get("slide_type")
        if slide not in SLIDE_TYPES:
            yield i, "give slideshow.slide_type: slide, subslide, fragment, -, notes or skip"
            continue
        if cell.cell_type != "markdown":
            if slide == "notes":
                yield i, "code is no speaker's note: use skip"
            continue
        levels = [level for level, _ in headings(cell.source)]
        if levels and (not re.match(r"#{1,6} ", cell.source) or len(levels) > 1):
            yield i, "give each heading a cell of its own, which it starts"
        if levels and levels[0] <= 2 and slide not in {"slide", "subslide"}:
            yield i, "a heading starts a slide: slide type slide or subslide"
        if levels and levels[0] > 2 and slide not in {"slide", "subslide", "skip"}:
            yield i, "a heading starts a slide: slide type slide, subslide or skip"
        if slide not in {"notes", "skip"} and words(cell.source) > SLIDE_WORDS:
            yield i, f"has over {SLIDE_WORDS} words: split it, or give it slide type notes or skip"


@rule
def is_executed_in_order(page: Page) -> Iterator[Breach]:
    for number, (i, cell) in enumerate(page.code, start=1):
        if cell.execution_count != number:
            yield i, f"execution count {cell.execution_count} is not {number}: run make execute"
            return


@rule
def imports_come_first(page: Page) -> Iterator[Breach]:
    if not page.code:
        return
    i, first = page.code[0]
    if not any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in tree(first.source).body):
        yield i, "import in the first code cell"
    for i, cell in page.code:
        if re.search(r"(?m)^\s*(from d2lutils|import d2lutils(?! as d2l\b))", cell.source):
            yield i, "write import d2lutils as d2l"
    if "import d2lutils as d2l" in first.source and ALONE not in first.source.splitlines():
        yield i, f"write {ALONE}"


@rule
def figures_have_captions(page: Page) -> Iterator[Breach]:
    number, captioned = 0, set()
    for i, cell in page.code:
        shown = pictures(cell)
        if not shown:
            continue
        number += 1
        if number == 1 and page.helpers.get("plot.style", i + 1) > i:
            yield i, "call d2l.plot.style() before the first figure, in the first code cell"
        if len(shown) > 1:
            yield i, "draw one figure in a cell"
        if any(FIGURE not in output.data for output in shown):
            yield i, f"the figure's output lacks {FIGURE}: run make execute"
        if cell.source.rstrip().rpartition("\n")[2] != "plt.show()":
            yield i, "end the plotting cell with plt.show()"
        after = page.notebook.cells[i + 1] if i + 1 < len(page.cells) else None
        start = f"**Figure {number}.** "
        if after is None or after.cell_type != "markdown" or not after.source.startswith(start):
            yield i, f"follow the figure with a Markdown cell that starts {start}"
        elif words(after.source) < 2 + 12:
            yield i + 1, "describe the figure for one who cannot see it: 12 words at least"
        captioned.add(i + 1)
    if not number:
        yield None, "show it: draw one figure at least"
    for i, cell in page.markdown:
        if re.match(r"\*\*Figure \d+\.\*\*", cell.source) and i not in captioned:
            yield i, "is a caption, but the cell before it shows no figure"
        for mention in re.findall(r"\bFigure (\d+)", prose(cell.source)):
            if int(mention) > number:
                yield i, f"names Figure {mention}, but there are {number}"


@rule
def outputs_are_the_same_everywhere(page: Page) -> Iterator[Breach]:
    host = socket.gethostname()
    for i, cell in page.code:
        if "clear_output" in cell.source:
            yield i, "draw snapshots instead of clear_output"
        for output in cell.outputs:
            text = printed(output)
            if output.output_type == "stream" and output.name == "stderr":
                yield i, "mend the cause of what it writes to stderr"
            if path := PATHS.search(text):
                yield i, f"its output shows a path of this machine ({path[0]})"
            if PROGRESS.search(text):
                yield i, "its output holds a progress bar: make execute sets TQDM_DISABLE=1"
            if "nbval-ignore-output" in tags(cell):
                continue
            for what, pattern in VOLATILE.items():
                if match := pattern.search(text):
                    yield i, f"its output holds {what} ({match[0]}): leave it out"
            # A machine may be called "tensor": only a name with a digit is surely a name.
            if re.search(r"\d", host) and re.search(rf"\b{re.escape(host)}\b", text):
                yield i, "its output names this machine: leave it out"


@rule
def outputs_are_compared(page: Page) -> Iterator[Breach]:
    ignored = [i for i, cell in page.code if "nbval-ignore-output" in tags(cell)]
    if len(ignored) > 2 and not page.notebook.metadata.get("d2l", {}).get("measuring"):
        yield ignored[2], "has the third nbval-ignore-output: two at most where nothing is measured"
    for i, cell in page.cells:
        if "nbval-skip" in tags(cell):
            yield i, "take nbval-skip away: every cell runs"
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)", cell.source):
            yield i, "use tags, not comments, to tell nbval something"


@rule
def breaks_it_where_readers_do(page: Page) -> Iterator[Breach]:
    lessons = 0
    for i, cell in page.code:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if "raises-exception" not in tags(cell):
            lessons += "catch_warnings" in cell.source
            if errors:
                yield i, f"raises {errors[0].ename}: mend it, or tag it raises-exception"
            continue
        lessons += 1
        phrase = cell.metadata.get("d2l", {}).get("phrase")
        if not phrase:
            yield i, "name in metadata d2l.phrase the part of the message that must stay"
        if not errors:
            yield i, "is tagged raises-exception but saved without an error"
        elif phrase and phrase not in f"{errors[0].ename}: {errors[0].evalue}":
            yield i, f"its error does not contain the phrase {phrase!r}"
        advice = cell.metadata.get("d2l", {}).get("advice", "")
        if not 0 < len(advice) <= ADVICE:
            yield i, f"say in metadata d2l.advice what to do, in {ADVICE} letters at most"
        following = page.notebook.cells[i + 1 : i + 2]
        if not following or following[0].cell_type != "markdown":
            yield i, "read the error message aloud in a Markdown cell after it"
    if not lessons:
        yield (
            None,
            "break it where readers do: one cell tagged raises-exception, or a caught warning",
        )


@rule
def asserts_what_it_says(page: Page) -> Iterator[Breach]:
    source = "\n".join(cell.source for _, cell in page.lessons)
    if not re.search(r"(?m)^\s*assert\b|\bassert_\w+\(", source):
        yield None, "assert that the hand-made result and the library's agree"


@rule
def markup_works_everywhere(page: Page) -> Iterator[Breach]:
    fence = re.compile(r"(?m)^[`~]{3,}\{")
    foreign = re.compile(r"(?m)^:::|\{(?:note|tip|warning|admonition)\}|^> \[!")
    details = re.compile(r"(?ms)^<details>\s*<summary>[^<]+</summary>\n\n.+?\n\n</details>$")
    alert = re.compile(r'(?ms)^<div class="alert alert-\w+">\n\n.+?\n\n</div>$')
    for i, cell in page.markdown:
        outside = without_code(cell.source)
        if fence.search(cell.source) or foreign.search(outside):
            yield i, 'write <div class="alert alert-info"> or > **Note.** … for a note'
        if outside.count("<details") != len(details.findall(outside)):
            yield i, "write <details><summary>…</summary>, blank line, text, blank line, </details>"
        if outside.count("<div") != len(alert.findall(outside)):
            yield i, 'write <div class="alert alert-info">, blank line, text, blank line, </div>'
        text = outside.replace(r"\$", "")
        text = re.sub(r"\$\$[^$]+\$\$", "", text)
        if "$" in re.sub(r"\$(?:[^$\n]|\n(?!\s*\n))+\$", "", text):
            yield i, r"close the formula's $ (or write \$ for the sign)"


@rule
def links_resolve(page: Page) -> Iterator[Breach]:
    for i, link in page.links:
        address = urlsplit(link)
        if address.scheme or address.netloc:
            labels = set((address.hostname or "").lower().split("."))
            if address.scheme != "https" or len(labels) < 2:
                yield i, f"link by https or by a relative path, not {link}"
            elif labels & REGISTRIES:
                yield i, f"do not link to a package registry ({link})"
            continue
        target = (page.path.parent / unquote(address.path)).resolve() if address.path else page.path
        missing = target != page.path and not target.exists()
        if not link or address.path.startswith("/") or missing:
            yield i, f"the link {link or '()'} leads nowhere"
        elif target.suffix == ".ipynb" and not leads_to(address.fragment, target, page):
            yield i, f"the link {link} names no heading there (spaces are - in JupyterLab)"
    for i, cell in page.markdown:
        if re.search(r"!\[[^\]]*\]\(\w+:|<img[^>]+src=.\w+:", without_code(cell.source)):
            yield i, "show no picture from the web: the book is read without a network"


def leads_to(fragment: str, target: Path, page: Page) -> bool:
    """Whether a heading of the notebook `target` has this anchor, named as JupyterLab does."""
    notebook = page.notebook if target == page.path else clean.read(target)
    sources = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = (text.replace(" ", "-") for source in sources for _, text in headings(source))
    return not fragment or unquote(fragment) in found


@rule
def helpers_are_public_and_introduced(page: Page) -> Iterator[Breach]:
    targets = {
        (page.path.parent / unquote(urlsplit(link).path)).resolve()
        for _, link in page.links
        if not urlsplit(link).scheme
    }
    for name, i in page.helpers.items():
        helper = helpers.public(name)
        if helper is None:
            yield i, f"d2l.{name} is no public name of d2lutils"
            continue
        section = helpers.built_in(helper)
        home = helpers.notebook_of(section) if section else None
        if home and page.order < Page(home, page.notebook).order and home not in targets:
            yield i, f"d2l.{name} is built by hand in {section}: link there in one sentence"
