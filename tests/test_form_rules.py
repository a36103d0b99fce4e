"""Planted breaches: a small valid notebook, broken one rule at a time, and each is reported."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tests import form
from tests.form import helpers, lessons, rules
from tests.form.reading import CHECK, FIGURE, ROOT, Page
from tools import clean

PARAGRAPH = (
    "A tensor keeps its numbers in one row of memory, and a stride says how far to walk from one "
    "index to the next along each axis. Two tensors may share the row and differ in how they walk "
    "it, which is why a transpose copies nothing at all and costs the same for any size of matrix."
)
REGISTRY = min(rules.REGISTRIES)
ABOUT = {"axes": [], "size": "900 × 480", "text": 20.0}
PIXEL = {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>", FIGURE: ABOUT}
Change = Callable[[NotebookNode], None]


def prose(name: str, source: str, slide: str = "-") -> NotebookNode:
    about = {"slideshow": {"slide_type": slide}}
    return nbformat.v4.new_markdown_cell(source, id=name, metadata=about)


def code(name: str, source: str, *outputs: NotebookNode, slide: str = "-", **about: object):
    about = {"slideshow": {"slide_type": slide}, **about}
    return nbformat.v4.new_code_cell(source, id=name, metadata=about, outputs=list(outputs))


def shown(data: dict[str, object]) -> NotebookNode:
    return nbformat.v4.new_output("display_data", data=data, metadata={})


def printed(text: str, name: str = "stdout") -> NotebookNode:
    return nbformat.v4.new_output("stream", name=name, text=text)


def result(text: str) -> NotebookNode:
    return nbformat.v4.new_output("execute_result", data={"text/plain": text}, metadata={})


def verdict(number: str, passed: bool) -> NotebookNode:
    said = f"{number}: right" if passed else f"{number}: not done yet"
    return shown({"text/plain": said, CHECK: {"check": number, "passed": passed}})


def error(name: str, message: str) -> NotebookNode:
    return nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[message])


def exercise(letter: str) -> list[NotebookNode]:
    number = f"09.1{letter}"
    return [
        prose(f"heading-{letter}", f"### Exercise {number}: Walk the row\n\nFind it.", "slide"),
        code(
            f"stub-{letter}",
            f'answer_{letter} = ...\nd2l.check("{number}", answer_{letter})',
            verdict(number, False),
            tags=["exercise"],
        ),
        code(
            f"solution-{letter}",
            f"# Solution {number}: count the steps\nsteps_{letter} = 3\n"
            f'd2l.check("{number}", steps_{letter})',
            verdict(number, True),
            slide="skip",
            tags=["solution", "hide-cell"],
        ),
    ]


def specimen() -> NotebookNode:
    """The smallest section that keeps every rule."""
    opening = (
        "# Walk through a tensor's memory\n\nHow far apart do two neighbours lie?\n\n"
        "**You will** see the row.\n\n**You need** nothing yet.\n\n"
        "**Takes** 10 minutes to read, 3 seconds to run."
    )
    caption = (
        "**Figure 1.** A stride of three skips two numbers: an arrow leads over six boxes in one "
        "row, numbered from zero to five, from the first to the fourth."
    )
    words = (
        "### Exercise 09.1c: Explain it\n\n<details><summary>Solution</summary>\n\n"
        "It shares the row.\n\n</details>"
    )
    cells = [
        prose("opening", opening, "slide"),
        code("imports", f"import matplotlib.pyplot as plt\n\n{rules.ALONE}"),
        code("style", "d2l.plot.style()"),
        prose("share", "## Share one memory\n\nLook at [it](#Share-one-memory) again.", "slide"),
        *(prose(f"text-{n}", PARAGRAPH, "notes") for n in range(18)),
        code("figure", "plt.plot([0, 1])\nplt.show()", shown(PIXEL)),
        prose("caption", caption),
        code(
            "error",
            "x.view(3)",
            error("RuntimeError", "view size is not compatible"),
            tags=["raises-exception"],
            d2l={"phrase": "not compatible", "advice": "Write reshape."},
        ),
        prose("aloud", "The message says that a `view` cannot walk so: $a < b$ and $$c$$."),
        code("assert", "assert 1 + 1 == 2"),
        prose("summary", "## Summary\n\n- One row.\n- Many walks.\n- No copy.", "slide"),
        prose("exercises", "## Exercises", "slide"),
        *exercise("a"),
        *exercise("b"),
        prose("heading-c", words, "skip"),
        prose("next", "## Next\n\nThe following section walks through indices.", "slide"),
    ]
    notebook = clean.normalise(nbformat.v4.new_notebook(cells=cells))
    number(notebook)
    return notebook


def number(notebook: NotebookNode) -> None:
    """As executed from top to bottom."""
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code_cells, start=1):
        cell.execution_count = count


def of(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def breaches(notebook: NotebookNode, folder: Path) -> list[str]:
    return form.page_breaches(Page(folder / "09_trial" / "01_trial.ipynb", notebook))


def say(name: str, source: str) -> Change:
    """The cell says this instead."""
    return lambda notebook: of(notebook, name).update(source=source)


def add(name: str, source: str) -> Change:
    """The cell says this, too."""
    return lambda notebook: of(notebook, name).update(source=of(notebook, name).source + source)


def swap(name: str, old: str, new: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        cell = of(notebook, name)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def about(name: str, **metadata: object) -> Change:
    return lambda notebook: of(notebook, name).metadata.update(nbformat.from_dict(metadata))


def outputs(name: str, *new: NotebookNode) -> Change:
    return lambda notebook: of(notebook, name).update(outputs=list(new))


def drop(name: str) -> Change:
    return lambda notebook: notebook.cells.remove(of(notebook, name))


def slide(name: str, kind: str) -> Change:
    return about(name, slideshow={"slide_type": kind})


def all_of(*changes: Change) -> Change:
    def change(notebook: NotebookNode) -> None:
        for one in changes:
            one(notebook)

    return change


def ignored(count: int, measuring: bool = False) -> Change:
    names = ["imports", "style", "assert"][:count]
    marks = [about(name, tags=["nbval-ignore-output"]) for name in names]
    flag = [lambda nb: nb.metadata.update(d2l={"measuring": True})] if measuring else []
    return all_of(*marks, *flag)


def long_class(name: str, count: int) -> Change:
    return say(name, "class A:\n" + "    x = 1\n" * (count - 1))


PICTURE = """tints = ["blue", "red"]
fig, axes = plt.subplots(1, 2)
for ax, tint in zip(axes, tints):
    ax.plot([0, 1], color=tint)
    ax.set(title=tint)
"""
FOLDED = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}


def draw(source: str, **metadata: object) -> Change:
    """The figure's cell is this, and shows itself."""
    return all_of(say("figure", source + "plt.show()"), about("figure", **metadata))


def after(name: str, *cells: NotebookNode) -> Change:
    """More cells below that one."""

    def change(notebook: NotebookNode) -> None:
        place = notebook.cells.index(of(notebook, name)) + 1
        notebook.cells[place:place] = clean.normalise(
            nbformat.v4.new_notebook(cells=list(cells))
        ).cells

    return change


def answers(*texts: str, **metadata: object) -> Change:
    """One cell for each text, which prints it."""
    cells = []
    for n, text in enumerate(texts):
        cells += [prose(f"so-{n}", "Look:"), code(f"answer-{n}", "x", printed(text), **metadata)]
    return after("aloud", *cells)


def caption(text: str) -> Change:
    rest = " One can see how it walks from here to there and back again, twice."
    return say("caption", f"**Figure 1.** {text}{rest}")


def small_text(pixels: float, size: str = "900 × 480") -> Change:
    about = {**ABOUT, "text": pixels, "size": size}
    return outputs("figure", shown({**PIXEL, FIGURE: about}))


BREACHES: dict[str, tuple[Change, str]] = {
    # format and metadata
    "nbformat 4.4": (lambda nb: nb.update(nbformat_minor=4), "save it as nbformat 4.5"),
    "same id": (lambda nb: nb.cells[5].update(id="text-0"), "share an id"),
    "invalid": (lambda nb: nb.cells[5].update(id="with blanks"), "not valid"),
    "kernelspec": (lambda nb: nb.metadata.kernelspec.update(name="x"), "is not normalised"),
    "rise": (lambda nb: nb.metadata.pop("rise"), "is not normalised"),
    "timestamps": (about("assert", execution={"iopub": "2026"}), "is not normalised"),
    "notebook d2l": (lambda nb: nb.metadata.update(d2l={"tol": 1.0}), "d2l.tol is not known"),
    "cell d2l": (about("assert", d2l={"rtol": "1e-3"}), "d2l.rtol is not known"),
    "truth in words": (about("assert", d2l={"truth": "yes"}), "d2l.truth is not known"),
    "unknown tag": (about("assert", tags=["exactly"]), "tag 'exactly' is not known"),
    "raw cell": (lambda nb: nb.cells[5].update(cell_type="raw"), "raw cell"),
    "empty cell": (say("text-3", " \n"), "is empty"),
    # opening
    "no title": (swap("opening", "# Walk", "Walk"), "start with a Markdown cell"),
    "no question": (swap("opening", "lie?", "lie."), "open with a question"),
    "long question": (swap("opening", "How", "How\nand\nwhy\nor"), "open with a question"),
    "title alone": (swap("opening", "memory\n\n", "memory\n"), "blank line after the title"),
    "no goal": (swap("opening", "**You will**", "You will"), "starts **You will**"),
    "no need": (swap("opening", "**You need**", "Needs"), "starts **You need**"),
    "no time": (swap("opening", "**Takes** 10", "10"), "starts **Takes**"),
    "odd time": (swap("opening", "10 minutes", "10 min"), "write **Takes** 15 minutes"),
    "slow": (swap("opening", " 3 seconds", " 11 seconds"), "more than 10 seconds"),
    "wrong order": (
        all_of(swap("opening", "You will", "X"), swap("opening", "You need", "You will"),
               swap("opening", "**X**", "**You need**")),
        "order the paragraphs",
    ),
    # closing
    "second title": (say("share", "# Share one memory"), "second # title"),
    "no summary": (swap("summary", "## Summary", "## Recap"), "end with the sections"),
    "no list": (say("summary", "## Summary\n\nIt shares."), "a list of three statements"),
    "no next": (drop("next"), "end with the sections"),
    "empty next": (say("next", "## Next"), "where the book goes on"),
    # exercises
    "two exercises": (drop("heading-c"), "has 2 exercises"),
    "wrong number": (swap("heading-b", "09.1b", "09.2b"), "start it ### Exercise 09.1b"),
    "early exercise": (say("text-0", "### Exercise 09.1a: Do"), "into the section ## Exercises"),
    "one check": (drop("stub-b"), "at least two exercises a stub"),
    "misplaced stub": (about("assert", tags=["exercise"]), "below its ### Exercise heading"),
    "no solution": (drop("solution-a"), "give the stub a solution"),
    "no wordy solution": (swap("heading-c", "Solution<", "Answer<"), "give a solution"),
    "no check": (swap("stub-a", "d2l.check", "print"), 'end the cell with d2l.check("09.1a"'),
    "check not last": (add("solution-a", "\nprint()"), 'end the cell with d2l.check("09.1a"'),
    "other check": (swap("solution-b", 'check("09.1b"', 'check("09.1a"'), "end the cell with"),
    "solved stub": (outputs("stub-a", verdict("09.1a", True)), "not done yet"),
    "stub says nothing": (outputs("stub-a"), "not done yet"),
    "printed only": (outputs("stub-a", printed("not done yet")), "not done yet"),
    "failed solution": (outputs("solution-a", verdict("09.1a", False)), "must be a passed check"),
    "no comment": (swap("solution-a", "# Solution 09.1a: count the steps\n", ""), "comment # Sol"),
    "not hide-cell": (about("solution-a", tags=["solution"]), "hide-cell"),
    "not hidden": (lambda nb: of(nb, "solution-a").metadata.pop("jupyter"), "hide the solution"),
    "solution shown": (slide("solution-a", "slide"), "slide type skip"),
    "same name": (swap("solution-a", "steps_a", "answer_a"), "give answer_a another name"),
    # code
    "wide line": (say("assert", f"assert '{'x' * 80}'"), "break line 1: 89 characters"),
    "long cell": (say("assert", "assert 1\n" * 16), "split the cell: 16 lines"),
    "long class": (long_class("assert", 41), "split the class: 41 lines"),
    "two classes": (
        all_of(long_class("assert", 21), long_class("style", 21)), "only one cell of a page"
    ),
    "median": (
        all_of(*(add(name, "\nx = 1" * 5) for name in ("imports", "style", "figure", "error",
                                                     "assert"))),
        "their median length",
    ),
    "no import": (say("imports", "x = 1"), "import in the first code cell"),
    "odd import": (add("imports", "\nimport d2lutils"), "write import d2lutils as d2l"),
    "no word to one who lacks the package": (
        say("imports", "import d2lutils as d2l"), "# missing? %pip install d2lutils"
    ),
    # size and words
    "few cells": (lambda nb: nb.cells.__delitem__(slice(4, 22)), "cells: 20 to 70 are right"),
    "many cells": (
        lambda nb: nb.cells.__setitem__(
            slice(4, 4), [prose(f"x{n}", "Read.", "notes") for n in range(40)]
        ),
        "cells: 20 to 70 are right",
    ),
    "few words": (
        all_of(*(say(f"text-{n}", "Read on.") for n in range(18))), "words of Markdown: 900"
    ),
    "many words": (say("text-0", PARAGRAPH * 40), "words of Markdown: 900"),
    "no prose": (
        lambda nb: nb.cells.insert(1, code("extra", "import torch")), "third code cell in a row"
    ),
    "simply": (add("text-2", " Simply look."), "the word 'simply'"),
    "of course": (add("text-2", " Of course."), "the word 'of course'"),
    "comment": (add("assert", "  # just so"), "the word 'just'"),
    # slides
    "no slide": (lambda nb: of(nb, "text-1").metadata.pop("slideshow"), "give slideshow"),
    "odd slide": (slide("text-1", "page"), "give slideshow"),
    "code as notes": (slide("assert", "notes"), "no speaker's note"),
    "heading in text": (add("text-1", "\n\n## More"), "a cell of its own"),
    "heading on a slide": (slide("share", "-"), "a heading starts a slide"),
    "exercise on a slide": (slide("heading-a", "fragment"), "slide, subslide or skip"),
    "long slide": (
        all_of(say("text-1", PARAGRAPH * 3), slide("text-1", "-")), "has over 120 words"
    ),
    # outputs
    "not executed": (lambda nb: of(nb, "assert").update(execution_count=None), "run make execute"),
    "out of order": (lambda nb: of(nb, "assert").update(execution_count=9), "run make execute"),
    "figure without data": (
        lambda nb: of(nb, "figure").outputs[0].data.pop(FIGURE), f"lacks {FIGURE}"
    ),
    "no figure": (outputs("figure"), "draw one figure at least"),
    "caption alone": (outputs("figure"), "is a caption, but"),
    "two figures": (outputs("figure", shown(PIXEL), shown(PIXEL)), "draw one figure in a cell"),
    "no style": (say("style", "print()"), "call d2l.plot.style()"),
    "no show": (add("figure", "\nprint()"), "end the plotting cell with plt.show()"),
    "no caption": (drop("caption"), "follow the figure with"),
    "caption misnumbered": (swap("caption", "Figure 1", "Figure 2"), "starts **Figure 1.**"),
    "short caption": (say("caption", "**Figure 1.** Some boxes."), "12 words at least"),
    "mention": (add("text-1", " See Figure 7."), "names Figure 7, but there are 1"),
    "path": (outputs("assert", printed("/home/ann/x.pt")), "a path of this machine"),
    "windows path": (outputs("assert", printed("C:\\Users\\x")), "a path of this machine"),
    "site-packages": (outputs("assert", printed("lib/site-packages/t")), "a path of this machine"),
    "address": (outputs("assert", printed("<A at 0x7f3a2b1c>")), "a memory address"),
    "version": (outputs("assert", printed("2.15.0+cpu")), "a version"),
    "time": (outputs("assert", printed("12.3 µs")), "a measured time"),
    "stderr": (outputs("assert", printed("UserWarning", "stderr")), "writes to stderr"),
    "progress": (outputs("assert", printed("50%|#### | 3/6")), "a progress bar"),
    "clear_output": (add("assert", "\nclear_output()"), "instead of clear_output"),
    # nbval
    "three ignored": (ignored(3), "third nbval-ignore-output"),
    "nbval-skip": (about("assert", tags=["nbval-skip"]), "take nbval-skip away"),
    "nbval comment": (add("assert", "\n# NBVAL_SKIP"), "use tags, not comments"),
    # errors
    "untagged error": (outputs("assert", error("KeyError", "x")), "raises KeyError"),
    "no phrase": (lambda nb: of(nb, "error").metadata.pop("d2l"), "name in metadata d2l.phrase"),
    "other phrase": (about("error", d2l={"phrase": "too large"}), "not contain the phrase"),
    "a quoted error without advice": (
        about("share", d2l={"errors": [{"kind": "OSError", "message": "No file"}]}),
        "d2l.errors needs kind, message, advice",
    ),
    "no advice": (about("error", d2l={"phrase": "not compatible"}), "d2l.advice what to do"),
    "no error": (outputs("error"), "saved without an error"),
    "not read aloud": (drop("aloud"), "read the error message aloud"),
    "no lesson": (drop("error"), "break it where readers do"),
    "no assert": (say("assert", "print()"), "assert that the hand-made"),
    # Markdown
    "directive": (add("text-1", "\n\n:::{note}\nx\n:::"), "for a note"),
    "myst fence": (add("text-1", "\n\n```{note}\nx\n```"), "for a note"),
    "github note": (add("text-1", "\n\n> [!NOTE]\n> x"), "for a note"),
    "details": (swap("heading-c", "</summary>\n\n", "</summary>\n"), "write <details>"),
    "details unclosed": (swap("heading-c", "</details>", ""), "write <details>"),
    "alert": (add("text-1", '\n\n<div class="alert alert-info">\nx\n</div>'), "write <div class"),
    "formula": (add("text-1", " So $a + b."), "close the formula"),
    "display formula": (add("text-1", " So $$a + b."), "close the formula"),
    # links
    "dead link": (add("text-1", " [x](02_none.ipynb)"), "leads nowhere"),
    "rooted link": (add("text-1", " [x](/etc/hosts)"), "leads nowhere"),
    "dead anchor": (add("text-1", " [x](#Share-two)"), "names no heading"),
    "http": (add("text-1", " [x](http://docs.example.org/x)"), "link by https"),
    "registry": (add("text-1", f" [x](https://{REGISTRY}.example.org/x)"), "package registry"),
    "web picture": (add("text-1", " ![x](https://docs.example.org/x.png)"), "without a network"),
    # lessons
    "long reading": (swap("opening", "10 minutes", "5 minutes"), "takes 10 minutes to read"),
    "short reading": (swap("opening", "10 minutes", "15 minutes"), "takes 10 minutes to read"),
    "open drawing": (draw(PICTURE), "fold it, for it only draws"),
    "open constants": (
        draw("pairs = [\n" + '    ("a", "b"),\n' * 4 + "]\nd2l.plot.graph(pairs)\n"), "fold it"
    ),
    "drawing by a function": (
        all_of(say("style", "d2l.plot.style()\n\ndef draw(ax):\n    ax.plot([0])\n    plt.grid()"),
               draw("fig, ax = plt.subplots()\ndraw(ax)\nax.set(xlim=(0, 1))\nax.grid(False)\n")),
        "fold it, for it only draws",
    ),
    "read by drawing": (
        all_of(draw(PICTURE), after("caption", code("again", f"tints\n{PICTURE}plt.show()",
                                                    shown(PIXEL)))),
        "(tints = ",
    ),
    "drawing marked and folded": (
        draw(PICTURE, **FOLDED, d2l={"drawing": True}), "take d2l.drawing away"
    ),
    "drawing without a picture": (about("assert", d2l={"drawing": True}), "take d2l.drawing away"),
    "folded stub": (about("stub-a", tags=["exercise", "hide-input"]), "take hide-input away"),
    "folded text": (about("text-1", tags=["hide-input"]), "take hide-input away"),
    "tagged only": (draw(PICTURE, tags=["hide-input"]), "is not folded"),
    "folded print": (
        all_of(draw(PICTURE, **FOLDED), outputs("figure", shown(PIXEL), printed("3"))),
        "print in an open cell",
    ),
    "folded assert": (draw(PICTURE + "assert tints\n", **FOLDED), "assert in an open cell"),
    "folded assert_close": (
        draw(PICTURE + "torch.testing.assert_close(x, y)\n", **FOLDED), "assert in an open cell"
    ),
    "folded name": (
        all_of(draw(PICTURE, **FOLDED), say("assert", "assert tints")), "bind tints in an open"
    ),
    "folded name in a function": (
        all_of(draw(PICTURE, **FOLDED), say("error", "def f(x=1):\n    return [x, tints]")),
        "bind tints in an open",
    ),
    "folded import": (
        all_of(draw("import math\n", **FOLDED), say("assert", "assert math")), "bind math in an"
    ),
    "third truth": (answers("True", "a: False", "[True]"), "print the number instead"),
    "third truth in a tuple": (answers("True", "(False, 1)", "same=True"), "print the number"),
    "result": (
        all_of(answers("True", "False"), outputs("assert", result("tensor([True])"))),
        "print the number instead",
    ),
    "no truth": (about("assert", d2l={"truth": True}), "take d2l.truth away"),
    "two asserts": (say("assert", "x = 2\nassert x > 1\nassert x < 3"), "has 2 asserts"),
    "assert and assert_close": (
        say("assert", "x = 2\ntorch.testing.assert_close(x, 2)\nassert x < 3"), "has 2 asserts"
    ),
    "asserts in a loop": (
        say("assert", "for x in (1, 2):\n    y = x\n    assert y\n    assert y < 3"),
        "has 2 asserts",
    ),
    "assert in the middle": (say("assert", "assert 1\nprint(2)"), "put the assert at the cell's"),
    "blanket": (add("style", '\nwarnings.simplefilter("ignore")'), "mend the warning's cause"),
    "blanket filter": (add("style", '\nfilterwarnings(action="ignore")'), "mend the warning's"),
    "blanket category": (
        add("style", '\nwarnings.simplefilter("ignore", Warning)'), "mend the warning's cause"
    ),
    "blanket message": (
        add("style", '\nwarnings.filterwarnings("ignore", ".*")'), "mend the warning's cause"
    ),
    "blanket within": (
        add("style", '\nwith warnings.catch_warnings():\n    warnings.simplefilter("ignore")'),
        "mend the warning's cause",
    ),
    "blanket at once": (
        add("style", '\nwith warnings.catch_warnings(action="ignore"):\n    pass'),
        "mend the warning's cause",
    ),
    # figures on slides
    "text not measured": (
        lambda nb: of(nb, "figure").outputs[0].data[FIGURE].pop("text"), "run tools/execute.py"
    ),
    "small text": (small_text(19), "its smallest text is 1.98% of the height"),
    "small text in a wide picture": (small_text(14.3, "1160 × 200"), "enlarge the figure's text"),
    "small text in a tall picture": (small_text(20, "500 × 900"), "enlarge the figure's text"),
    "small text, folded": (
        all_of(draw(PICTURE, **FOLDED), small_text(16)), "enlarge the figure's text"
    ),
    # helpers
    "private helper": (add("assert", "\nd2l.plot.secret(1)"), "d2l.plot.secret is no public name"),
}  # fmt: skip


def test_the_specimen_keeps_every_rule(tmp_path: Path) -> None:
    assert breaches(specimen(), tmp_path) == []


RECITALS = """
Left, the old table
On the left the CPU above its memory
In the middle, six numbers
Lower left, a triangle
From left to right: a box
Read from left to right: a and b
Above, the tensor
Below it stands the storage
Top row: the cat
Boxes joined by arrows
A row of ten boxes
A bar from first to last year
A pale matrix of 16 rows
Twelve boxes in a row
Two rows of eight handwritten digits
Two pale, falling curves
Eighty-nine points
Three 3×4 grids
12 small pictures
The x axis is logarithmic
The boxes a and b lead to pow
The upper curve is the loss
Both axes are logarithmic
Flipper length against body mass
Twenty birds, a row each
The same 2×3 table twice.
Two files as rows of boxes
Every third window as a bar
The signal above, its three windows below
*Left*, the **old** table
""".strip().splitlines()

CONCLUSIONS = """
Recall falls from 1 to 0 as the threshold rises
A transpose copies nothing: above, the table hops 2
Both shapes read the same six numbers: two rows of boxes
Above 0.5 the model says yes
Below the threshold nothing is found
Lower temperatures sharpen the distribution
Right and wrong losses part
Top-5 accuracy stays high
In the first epoch the loss halves
In the middle of training the rate drops
Rows with gaps vanish
Every row keeps its order
A column that is not scaled rules the distance
Left alone, the gradients add up
A view copies nothing: both tensors lie over one row of boxes
""".strip().splitlines()


@pytest.mark.parametrize("text", RECITALS)
def test_a_caption_that_starts_with_geometry_is_reported(text: str, tmp_path: Path) -> None:
    notebook = specimen()
    caption(text)(notebook)
    (line,) = breaches(notebook, tmp_path)
    assert "say first what the figure shows us" in line


@pytest.mark.parametrize("text", CONCLUSIONS)
def test_a_caption_that_starts_with_what_it_shows_passes(text: str, tmp_path: Path) -> None:
    notebook = specimen()
    caption(text)(notebook)
    assert breaches(notebook, tmp_path) == []


@pytest.mark.parametrize("name", BREACHES)
def test_a_planted_breach_is_reported(name: str, tmp_path: Path) -> None:
    change, expected = BREACHES[name]
    notebook = specimen()
    change(notebook)
    found = breaches(notebook, tmp_path)
    assert any(expected in line for line in found), found


LEGAL: dict[str, Change] = {
    "a class of 40 lines": all_of(long_class("assert", 39), add("assert", "assert True")),
    "two ignored cells": ignored(2),
    "three where one measures": ignored(3, measuring=True),
    "a time in an ignored cell": all_of(
        outputs("assert", printed("12.3 ms")), about("assert", tags=["nbval-ignore-output"])
    ),
    "an alert": add("text-1", '\n\n<div class="alert alert-info">\n\nx\n\n</div>'),
    "code that looks like markup": add("text-1", "\n\n```\n:::\n# $x\n[x](y)\n```\n`easy $`"),
    "an escaped dollar": add("text-1", r" It costs \$5."),
    "a warning caught": all_of(
        drop("error"), add("style", "\nwarnings.catch_warnings()"),
    ),
    "an encoded anchor": all_of(
        add("text-1", " [x](#Walk-%28again%29)"), say("exercises", "## Exercises"),
        lambda nb: nb.cells.insert(5, prose("again", "### Walk (again)", "slide")),
    ),
    "an open call of a helper": draw(
        'names = ["a"]\nd2l.plot.memory(\n    a,\n    names=names,\n    title="One row",\n)\n'
    ),
    "a few lines of drawing": draw('plt.plot([0, 1])\nplt.title("A")\nplt.xlabel("x")\n'),
    "more computing than drawing": draw("x = 1\n" + "x = x + x\n" * 6 + PICTURE),
    "a name that is read below": all_of(draw(PICTURE), say("assert", "assert tints")),
    "drawing that prints": all_of(draw(PICTURE), outputs("figure", printed("3"), shown(PIXEL))),
    "a lesson in drawing": draw(PICTURE, d2l={"drawing": True}),
    "folded drawing": draw(PICTURE, **FOLDED),
    "a name bound anew below": all_of(
        draw(PICTURE, **FOLDED),
        say("error", "ax = 1\nfor tint in [2]:\n    print(tint, [fig for fig in [ax]])"),
    ),
    "a name read by folded code": all_of(
        draw(PICTURE, **FOLDED), slide("caption", "-"),
        after("caption", code("again", f"tints\n{PICTURE}plt.show()", shown(PIXEL), **FOLDED),
              prose("caption-2", "**Figure 2.** It walks on: " + "and on " * 6)),
    ),
    "a truth value that is the subject": answers("True", "True", "True", d2l={"truth": True}),
    "two truth values": answers("True", "[False, True]"),
    "settings that are no answers": answers(*["L(3, bias=True)", "f(a, b=True,\n c=False)"] * 2),
    "words with a truth in them": answers("Truest", "Falsehood", "untrue", "true"),
    "a cell of asserts": say("assert", "import math\n\nassert 1\nassert math.pi > 3\n"
                             "for x in (1, 2):\n    assert x\ntorch.testing.assert_close(1, 1)"),
    "an assert at the end": say("assert", "x = 2\n\nassert x == 2"),
    "a function that asserts": say("assert", "def f(x):\n    assert x\n    return x\nassert f(1)"),
    "a filter for one warning": all_of(
        add("style", '\nwarnings.filterwarnings("ignore", message="old name")'),
        say("error", 'warnings.simplefilter("ignore", OldWarning)\nwarnings.simplefilter("once")'),
    ),
    "small text that is enlarged": small_text(8, "400 × 150"),
    "text as small as can be read": small_text(14.4, "1160 × 200"),
    "smaller text in a folded picture": all_of(draw(PICTURE, **FOLDED), small_text(17)),
    "smaller text without a heading": all_of(
        small_text(17), lambda nb: of(nb, "figure").metadata.slideshow.update(slide_type="subslide")
    ),
    "a picture without text": outputs(
        "figure", shown({**PIXEL, FIGURE: {**ABOUT, "text": None}})
    ),
    "a link to the web": add("text-1", " [x](https://docs.example.org/a_(b)#c)"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEGAL)
def test_what_is_allowed_passes(name: str, tmp_path: Path) -> None:
    notebook = specimen()
    LEGAL[name](notebook)
    number(notebook)
    minutes = lessons.reading_time(Page(tmp_path, notebook))
    swap("opening", "10 minutes", f"{minutes} minutes")(notebook)
    assert breaches(notebook, tmp_path) == []


def test_a_link_to_another_notebook_and_its_heading_resolves(tmp_path: Path) -> None:
    folder = tmp_path / "09_trial"
    folder.mkdir()
    clean.write(specimen(), folder / "02_other.ipynb")
    notebook = specimen()
    add("text-1", " [x](02_other.ipynb#Share-one-memory)")(notebook)
    assert breaches(notebook, tmp_path) == []
    add("text-1", " [x](02_other.ipynb#Share)")(notebook)
    assert "names no heading" in breaches(notebook, tmp_path)[0]


@pytest.fixture
def later_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book whose section 10/02 builds by hand what d2l.seed does."""

    def seed() -> None:
        """Built by hand in 10/02 (random numbers)."""

    monkeypatch.setattr(helpers, "CHAPTERS", tmp_path)
    monkeypatch.setattr(helpers, "public", lambda name: seed if name == "seed" else print)
    monkeypatch.setattr(helpers, "BUILT", {"seed": "10/02"})
    path = tmp_path / "10_later" / "02_random.ipynb"
    path.parent.mkdir()
    clean.write(specimen(), path)
    return path


def test_a_helper_used_before_its_section_needs_a_link(later_section: Path, tmp_path: Path) -> None:
    notebook = specimen()
    add("style", "\nd2l.seed(0)")(notebook)
    assert "d2l.seed is built by hand in 10/02: link there" in breaches(notebook, tmp_path)[0]
    (tmp_path / "09_trial").mkdir()
    add("text-1", " [There](../10_later/02_random.ipynb) it is built.")(notebook)
    assert breaches(notebook, tmp_path) == []


def test_a_docstring_names_the_section_that_shows_the_helper(later_section: Path) -> None:
    helper = helpers.public("seed")
    assert "must then use it" in helpers.helper_breaches("seed", helper)[0]
    notebook = specimen()
    add("style", "\nd2l.seed(0)")(notebook)
    clean.write(notebook, later_section)
    assert helpers.helper_breaches("seed", helper) == []
    assert "Built by hand in NN/MM" in helpers.helper_breaches("seed", print)[0]
    later_section.unlink()
    assert helpers.helper_breaches("seed", helper) == []


def test_a_docstring_that_names_another_section_is_reported(
    later_section: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helpers, "BUILT", {"seed": "10/03"})
    found = helpers.helper_breaches("seed", helpers.public("seed"))
    assert "its docstring names 10/02, BOOK.md 10/03" in found[0]


def test_the_name_of_this_machine_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "build-7")
    notebook = specimen()
    outputs("assert", printed("on build-7"))(notebook)
    assert "names this machine" in breaches(notebook, tmp_path)[0]


def test_a_slip_of_the_pen_is_reported_with_its_cell(tmp_path: Path) -> None:
    notebook = specimen()
    add("text-1", " Recieve it.")(notebook)  # codespell:ignore
    path = tmp_path / "01_trial.ipynb"
    clean.write(notebook, path)
    (line,) = form.misspellings([path], [])
    assert "01_trial.ipynb, cell 5:1:" in line
    assert "Receive" in line


def test_a_readers_own_notebook_is_known_by_git(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        author = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *author, *arguments], cwd=tmp_path, check=True, capture_output=True)

    shipped, kept, new = (tmp_path / name for name in ("Übung 1.ipynb", "2.ipynb", "3.ipynb"))
    shipped.write_text("{}")
    assert form.changed_by_the_reader(tmp_path) == set()
    git("init")
    kept.write_text("{}")
    git("add", ".")
    assert form.changed_by_the_reader(tmp_path) == set()
    git("commit", "-m", "first")
    shipped.write_text('{"cells": []}')
    new.write_text("{}")
    git("add", "3.ipynb")
    assert form.changed_by_the_reader(tmp_path) == {shipped}


def test_a_broken_notebook_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "01_trial.ipynb"
    path.write_text("{", encoding="utf-8")
    (line,) = form.breaches(path)
    assert "is not a notebook" in line


def test_the_command_prints_every_breach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = specimen()
    all_of(add("text-1", " Simply."), add("text-2", " Easy."))(notebook)
    path = tmp_path / "09_trial" / "01_trial.ipynb"
    path.parent.mkdir()
    clean.write(notebook, path)
    assert form.main([str(path)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert "01_trial.ipynb, cell 5 (A tensor keeps" in first
    assert "'easy'" in second
    clean.write(specimen(), path)
    assert form.main([str(path)]) == 0


def test_contributing_says_what_the_rules_hold_it_to() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    limits = [*rules.CELLS, rules.LONG, rules.LONG_CLASS, rules.LONGEST_CLASS, rules.WIDTH]
    words = [f"{number:,}" for number in (*limits, *rules.WORDS, rules.SLIDE_WORDS)]
    assert [word for word in words if not re.search(rf"\b{word}\b", page)] == []
    assert [tag for tag in rules.TAGS if f"`{tag}`" not in page] == []
