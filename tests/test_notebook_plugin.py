"""The comparison of notebooks catches planted mistakes, and passes over what is no mistake.

Most are planted in a copy of a real notebook, all at once: cells are added to it, it is executed,
then the cells' code is changed while their saved outputs stay, and pytest runs the copy.
"""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any
from xml.etree import ElementTree

import nbformat
import psutil
import pytest
from nbformat import NotebookNode
from PIL import Image

from tests.comparison import FIGURE as FIGURE_DATA
from tests.comparison import Rules, cell_differences, figure_differences, text_differences, tokens
from tests.form import helpers
from tests.notebook_plugin import settings
from tools import clean, execute, lab
from tools.fresh import COPIES

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT / "chapters" / "02_tensors" / "03_storage_and_strides.ipynb"
NAME = REAL.relative_to(ROOT).as_posix()
CHAPTERS_READ = [NAME]
OLDER_FIGURES = Path(__file__).with_name("figures_of_matplotlib_3_10.json")

# --- texts ---------------------------------------------------------------------------------------

SAME = {
    "within 0.1 %": ("loss 0.5000", "loss 0.5004"),
    "one unit of the fourth digit": ("1.001", "1.000"),
    "last digit": ("0.123456", "0.123457"),
    "runs of white space": ("a   b\n\n  c", "a b\nc\n"),
    "device of a tensor": ("tensor([1., 2.])", "tensor([1., 2.], device='cuda:0')"),
    "wrapped device": (
        "tensor([[1., 2.],\n        [3., 4.]], grad_fn=<AddBackward0>)",
        "tensor([[1., 2.],\n        [3., 4.]],\n       device='cuda:0', grad_fn=<AddBackward0>)",
    ),
    "device by name": ("X is on cpu", "X is on cuda:0"),
    "device by repr": ("device(type='cpu')", "device(type='cuda', index=0)"),
    "type of a device's tensor": ("torch.FloatTensor", "torch.cuda.FloatTensor"),
    "padding in a tensor": ("tensor([ 1.0000, -2.5000])", "tensor([1.0000, -2.5000])"),
    "padding of whole numbers": ("tensor([ 1., -2.])", "tensor([1., -2.])"),
    "wrapping of a tensor": ("tensor([1., 2., 3.])", "tensor([1., 2.,\n        3.])"),
    "small one beside precise ones": ("tensor([1.2345, 0.0001])", "tensor([1.2345, 0.0002])"),
    "zero's sign beside precise ones": ("tensor([1.2345, -0.0000])", "tensor([1.2345, 0.0000])"),
    "numpy's array": ("[1000.5 2.  0.1]", "[1000.5 2.  0.2]"),
    "complex parts": ("tensor([1.2345+0.0000j])", "tensor([1.2345-0.0000j])"),
    "scientific notation": ("1.2345e-09", "1.2346e-09"),
    "table": ("<td>0.3333</td>", "<td>0.3334</td>"),
    "number with a unit": ("3.1416s", "3.1417s"),
    "the largest float's last digit": ("1.7976921e+308", "1.7976922e+308"),
    "complex numbers": ("(0.12345+1e-09j)", "(0.12346+1.0001e-09j)"),
}
DIFFERENT = {
    "1 % off": ("loss 0.5000", "loss 0.5050"),
    "1e-9 doubled": ("1e-09", "2e-09"),
    "few digits": ("tensor([1., 2.])", "tensor([2., 2.])"),
    "few digits, large number": ("tensor([1000., 2.])", "tensor([1000., 3.])"),
    "few digits in an array": ("[1000.5 2. ]", "[1000.5 3. ]"),
    "list shares no format": ("[1000.5, 2.0]", "[1000.5, 2.1]"),
    "other list, one unit": ("[1.2345, 0.1]", "[1.2345, 0.2]"),
    "two units beside precise ones": ("tensor([1.2345, 0.0001])", "tensor([1.2345, 0.0003])"),
    "another tensor's digits": ("tensor(1.2345) tensor(0.1)", "tensor(1.2345) tensor(0.2)"),
    "integer": ("12 rows", "13 rows"),
    "large integer": ("1000000", "1000001"),
    "integer for a float": ("1", "1.0"),
    "sign": ("-0.5", "0.5"),
    "sign of an integer": ("-1", "1"),
    "nan": ("tensor([1.0000, 2.0000])", "tensor([1.0000,    nan])"),
    "inf's sign": ("inf", "-inf"),
    "dtype": ("torch.float32", "torch.float64"),
    "identifier": ("x1", "x2"),
    "shape": ("torch.Size([2, 3])", "torch.Size([3, 2])"),
    "word": ("the loss falls", "the loss rises"),
    "line break": ("a\nb", "a b"),
    "version": ("2.15.0", "2.15.1"),
    "date": ("2024-01-05", "2024-01-06"),
    "size": ("640x480", "640x481"),
    "an end": ("1 2", "1 2 3"),
    "meta is no device to forgive": ("tensor(1., device='meta')", "tensor(1.)"),
    "sign beyond the largest float": ("1.8e+308", "-1.8e+308"),
    "size beyond the largest float": ("1.8e+308", "1.9e+400"),
    "far beyond, in a tensor": ("tensor([1.2345e+400, 1.])", "tensor([-1.2345e+400, 1.])"),
    "beyond the smallest float": ("1.2345e-400", "9.8765e-400"),
    "sign of the largest floats": ("1.7e+308", "-1.7e+308"),
    "inf for a number beyond": ("1.8e+308", "inf"),
    "sign of a complex part": ("(1.2345+0.5000j)", "(1.2345-0.5000j)"),
    "a complex part beyond": ("(1+1.8e+308j)", "(1-1.8e+308j)"),
    "a complex inf's sign": ("(nan+infj)", "(nan-infj)"),
    "nan for a complex part": ("(1+infj)", "(1+nanj)"),
    "inf for nan": ("tensor([nan, 1.])", "tensor([inf, 1.])"),
    "nan's name": ("NaN", "nan"),
    "gradient": ("tensor([1.], requires_grad=True)", "tensor([1.])"),
}


@pytest.mark.parametrize(("saved", "new"), SAME.values(), ids=SAME)
def test_texts_that_say_the_same(saved: str, new: str) -> None:
    assert text_differences(saved, new, Rules()) == []
    assert text_differences(new, saved, Rules()) == []


@pytest.mark.parametrize(("saved", "new"), DIFFERENT.values(), ids=DIFFERENT)
def test_texts_that_differ(saved: str, new: str) -> None:
    assert text_differences(saved, new, Rules())
    assert text_differences(new, saved, Rules())


def test_an_exact_cell_is_compared_to_the_digit_and_device() -> None:
    exact = Rules(exact=True)
    assert text_differences("0.123456", "0.123457", exact)
    assert text_differences("tensor(1.)", "tensor(1., device='cuda:0')", exact)
    assert text_differences("on cpu", "on mps:0", exact)
    assert not text_differences("0.5 on  cpu", "0.5 on cpu", exact)


def test_metadata_widen_the_tolerance() -> None:
    assert not text_differences("0.50", "0.52", Rules(rtol=0.05))


def test_a_mismatch_shows_both_lines_with_the_number_marked() -> None:
    saved, new = "first 1.0\nloss 0.5000 after 3", "first 1.0\nloss 0.5100 after 3"
    assert text_differences(saved, new, Rules()) == [
        "  saved loss 0.5000 after 3",
        "             ^^^^^^",
        "  new   loss 0.5100 after 3",
        "             ^^^^^^",
    ]


def test_a_long_line_is_cut_around_the_mark() -> None:
    saved = "0.1 " * 100 + "1.5"
    lines = text_differences(saved, saved[:-1] + "6", Rules())
    assert max(map(len, lines)) < 110
    assert all("1." in line for line in lines[::2])


@pytest.mark.parametrize("text", ["x", "[", "[1, 2.5", "tensor(", "0.1234 ", "\r", "1-"])
def test_a_megabyte_is_compared_in_seconds(text: str) -> None:
    saved = text * (1_000_000 // len(text))
    start = perf_counter()
    assert text_differences(saved, saved[:-1] + "y", Rules())
    assert perf_counter() - start < 30


def test_every_character_is_in_a_token() -> None:
    text = "tensor([[-1.5e-3, nan]], device='cpu')\t→ x_1 = 3.2ms; (1+2j) ½"
    joined = "".join(token.text for token in tokens(text, exact=True))
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", text)


# --- figures -------------------------------------------------------------------------------------


@dataclass
class Look:
    """What the sample figure shows; each planted mistake changes one thing."""

    label: str = "sine"
    colors: tuple[str, str] = ("#0072b2", "#e69f00")
    factor: float = 1.0
    noise: float = 0.0
    curves: int = 2
    note: str = "top"
    image: float = 0.0
    cmap: str = "viridis"
    dots: tuple[str, ...] = ("#0072b2", "#e69f00", "#009e73")
    bar: float = 2.0
    reverse: bool = False
    ticks: tuple[str, ...] = ("low", "high")
    title: str = "Waves"
    arrow: float = 1.0
    height: float = 4.0
    smallest: float = 6.0


def draw(look: Look) -> Any:
    """A figure with some of everything, described as a kernel would describe it."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle, FancyArrowPatch

    from tests.ipython.figure_data import describe

    figure = Figure(figsize=(8, look.height))
    FigureCanvasAgg(figure)
    lines, image, dots, bars, level = (figure.add_subplot(2, 3, n) for n in (1, 2, 3, 4, 5))
    solid = figure.add_subplot(2, 3, 6, projection="3d")
    x = np.linspace(0, 6, 200)
    curves = [(np.sin(x) + look.noise, look.label), (np.cos(x) * look.factor, "cosine")]
    styled = list(zip(curves, look.colors, strict=True))[: look.curves]
    for (y, label), color in reversed(styled) if look.reverse else styled:
        lines.plot(x, y, label=label, color=color)
    lines.set(xlabel="x in radians", ylabel="height", title=look.title)
    lines.legend()
    lines.annotate(look.note, (1.57, 1), xytext=(3, 0.9), arrowprops={"arrowstyle": "->"})
    lines.axhline(0.5, linestyle="--", color="grey")
    lines.text(0.5, 0.1, "corner", transform=lines.transAxes, size=look.smallest)
    grid = np.arange(30.0).reshape(5, 6) / 10
    grid[2, 3] += look.image
    shown = image.imshow(grid, cmap=look.cmap)
    figure.colorbar(shown, ax=image, label="value")
    image.add_patch(Circle((2, 2), 1, fill=False, edgecolor="red"))
    place = np.linspace(-1, 1, 33)
    dots.scatter(place, place**2, c=[look.dots[i % 3] for i in range(33)])
    dots.add_patch(FancyArrowPatch((0, 0), (look.arrow, 1), arrowstyle="->", mutation_scale=9))
    bars.bar(["a", "b"], [1.0, look.bar])
    bars.set_yticks([0, 2], look.ticks)
    a, b = np.meshgrid(place[::4], place[::4])
    solid.plot_surface(a, b, a * b * look.factor)
    level.contourf(a, b, a * b, levels=4)
    level.semilogy([-1, 1], [0.1, 1.0])
    level.fill_between(place, 0.1, 0.1 + place**2, alpha=0.3)
    figure.suptitle("Samples")
    figure.canvas.draw()
    return json.loads(json.dumps(describe(figure)))


FIGURE_MISTAKES = {
    "a curve is missing": (Look(curves=1), "missing: Line2D 'cosine'"),
    "a curve is 5 % off": (Look(factor=0.95), "Line2D 'cosine'"),
    "a label": (Look(label="sinus"), "sinus"),
    "a title": (Look(title="Tides"), "Tides"),
    "swapped colours": (Look(colors=("#e69f00", "#0072b2")), "color"),
    "permuted colours of dots": (Look(dots=("#e69f00", "#0072b2", "#009e73")), "color"),
    "an annotation": (Look(note="summit"), "summit"),
    "one pixel of an image": (Look(image=0.5), "AxesImage"),
    "a colour map": (Look(cmap="plasma"), "cmap"),
    "a bar's height": (Look(bar=1.9), "Rectangle"),
    "a chosen tick label": (Look(ticks=("low", "top")), "tick labels"),
    "an arrow's end": (Look(arrow=0.8), "FancyArrowPatch"),
    "smaller text": (Look(smallest=5.5), "smallest text"),
    "the size": (Look(height=4.5), "size"),
}


@pytest.fixture(scope="module")
def sample() -> Any:
    return draw(Look())


@pytest.mark.parametrize(("look", "word"), FIGURE_MISTAKES.values(), ids=FIGURE_MISTAKES)
def test_a_figure_with_a_mistake_differs(sample: Any, look: Look, word: str) -> None:
    found = figure_differences(sample, draw(look), Rules())
    assert any(word in line for line in found), found


def test_a_figure_may_differ_in_order_and_noise(sample: Any) -> None:
    other = draw(Look(reverse=True, noise=2e-4))
    lines = other["axes"][0]["artists"]
    at, legend = next((i, json.loads(line)) for i, line in enumerate(lines) if "Legend" in line)
    for key in ("entries", "parts"):
        legend[key].reverse()  # a legend's order is seen
    lines[at] = json.dumps(legend)
    assert figure_differences(sample, other, Rules()) == []


@pytest.mark.parametrize(
    ("hidden", "expected"), [("", 4.0), ("note", 5.0), ("note ticks", 6.0), ("note axes", 9.0)]
)
def test_a_figures_smallest_text_is_known(hidden: str, expected: float) -> None:
    from matplotlib.figure import Figure

    from tests.ipython.figure_data import describe

    figure = Figure(dpi=72)
    ax = figure.add_subplot()
    ax.set_xlabel("x", size=6)
    ax.tick_params(labelsize=5)
    figure.suptitle("Title", size=9)
    note, empty = figure.text(0, 0, "n", size=4), figure.text(0, 0, " ", size=1)
    note.set_visible("note" not in hidden)
    ax.tick_params(labelbottom="ticks" not in hidden, labelleft="ticks" not in hidden)
    if "axes" in hidden:
        ax.axis("off")
    assert describe(figure)["text"] == expected
    assert empty.get_visible()


def test_figures_of_the_older_matplotlib_are_the_same(sample: Any) -> None:
    # Made by `python -m tests.test_notebook_plugin` in an environment with matplotlib 3.10.
    older = json.loads(OLDER_FIGURES.read_text(encoding="utf-8"))
    assert older["matplotlib"].startswith("3.10.")
    assert figure_differences(older["figure"], sample, Rules()) == []


def test_the_spread_of_equal_numbers_is_rounding_on_a_logarithmic_axis() -> None:
    """Another processor adds 500 equal numbers in another order: their deviation is noise."""
    equal = {"n": 500, "finite": 500, "min": 23.5, "max": 23.5, "mean": 23.5, "some": [23.5]}
    line = {"is": "Line2D", "at": [{"in": "xy", "x": [0, 1], "y": equal}]}
    limits = {"label": "", "scale": "linear", "limits": [0, 1]}
    axis = {"label": "", "scale": "log", "limits": [0.02, 40]}
    figure = {"form": 2, "size": "1 × 1", "text": 9, "artists": []}
    sides = []
    for std in (7e-15, 3.5e-15, 0.5):
        line["at"][0]["y"] = {**equal, "std": std}
        axes = {"title": "", "x": limits, "y": axis, "artists": [json.dumps(line)]}
        sides.append({**figure, "axes": [axes]})
    assert figure_differences(sides[0], sides[1], Rules()) == []
    assert figure_differences(sides[0], sides[2], Rules())


def test_a_figures_numbers_near_the_largest_float_are_told_apart() -> None:
    line = {"is": "Line2D", "at": [{"in": "xy", "x": [0, 1], "y": [-1.7e308, 1.7e308]}]}
    axis = {"label": "", "scale": "linear", "limits": [-1.7e308, 1.7e308]}
    figure = {"form": 2, "size": "1 × 1", "text": 9, "artists": []}
    sides = []
    for y in ([-1.7e308, 1.7e308], [1.7e308, -1.7e308]):
        line["at"][0]["y"] = y
        axes = {"title": "", "x": axis, "y": axis, "artists": [json.dumps(line)]}
        sides.append({**figure, "axes": [axes]})
    assert figure_differences(*sides, Rules())
    assert figure_differences(sides[0], sides[0], Rules()) == []


# --- outputs -------------------------------------------------------------------------------------


def png(*pixels: int) -> str:
    """A picture of so many pixels."""
    image = Image.new("L", (len(pixels), 1))
    image.putdata(pixels)
    written = BytesIO()
    image.save(written, "PNG")
    return b64encode(written.getvalue()).decode()


def figure_output(picture: str, **data: Any) -> NotebookNode:
    shown = {"image/png": picture, "text/plain": "<Figure size 640x480 with 1 Axes>", **data}
    return nbformat.v4.new_output("display_data", data=shown)


def test_a_readers_own_run_is_no_mismatch(sample: Any) -> None:
    saved = [
        nbformat.v4.new_output("stream", name="stderr", text="100%|####| 9/9"),
        nbformat.v4.new_output("stream", text="one\n"),
        figure_output(png(0, 255)),
        nbformat.v4.new_output("stream", text="two\n"),
    ]
    new = [
        nbformat.v4.new_output("stream", text="one\ntwo\n"),
        figure_output(png(0, 255), **{FIGURE_DATA: sample}),
    ]
    cell = nbformat.v4.new_code_cell(outputs=saved)
    assert cell_differences(cell, new, Rules()) == []


@pytest.mark.parametrize(
    ("picture", "word"), [(png(7, 7), "blank"), (png(*range(60)), "size")], ids=["blank", "size"]
)
def test_a_picture_is_compared_for_its_size_and_not_being_blank(picture: str, word: str) -> None:
    cell = nbformat.v4.new_code_cell(outputs=[figure_output(png(0, 255))])
    assert word in " ".join(cell_differences(cell, [figure_output(picture)], Rules()))


def test_figure_data_that_are_gone_are_a_mismatch(sample: Any) -> None:
    saved = figure_output(png(0, 255), **{FIGURE_DATA: sample})
    cell = nbformat.v4.new_code_cell(outputs=[saved])
    assert "missing" in " ".join(cell_differences(cell, [figure_output(png(0, 255))], Rules()))


# --- notebooks -----------------------------------------------------------------------------------

FIGURE = """fig, ax = plt.subplots(figsize=(3, 2), layout="none")
t = torch.linspace(0, 6, 100)
ax.plot(t, torch.sin(t), color="#0072B2", label="sine")
ax.plot(t, torch.cos(t), color="#E69F00", label="cosine")
ax.set(title="Waves", xlabel="t in s", ylabel="height in m")
plt.show()"""
CHECKED = """from IPython.display import publish_display_data
print("stub")
publish_display_data({"text/plain": "02.12z: not done yet.",
    "application/vnd.d2l.check+json": {"check": "02.12z", "passed": False}})"""
SOLVED = CHECKED.replace("False", "True").replace("not done yet", "correct")
SPOKEN = 'print("stub 02.12z: correct.")'


@dataclass(frozen=True)
class Change:
    """A cell as it was executed, and its code afterwards; `word` is in the report."""

    before: str
    after: str
    word: str = ""
    tags: tuple[str, ...] = ()
    d2l: dict[str, Any] = field(default_factory=dict)


RAISES = ("raises-exception",)
PLANTED = {
    "a float off by 1 %": Change("torch.tensor(0.5) / 3", "torch.tensor(0.505) / 3", "^"),
    "a very small float doubled": Change("print(1e-9)", "print(2e-9)", "2e-09"),
    "an integer off by one": Change("print(12, 'rows')", "print(13, 'rows')", "^^"),
    "a changed word": Change("print('a view')", "print('a copy')", "^^^^"),
    "a shape transposed": Change("torch.ones(2, 3).shape", "torch.ones(3, 2).shape", "[3, 2]"),
    "a dtype changed": Change("torch.ones(2).dtype", "torch.ones(2).long().dtype", "int64"),
    "a missing figure": Change(FIGURE, FIGURE.replace("show", "close"), "saved figure"),
    "a curve missing": Change(
        FIGURE,
        FIGURE.replace("ax.plot(t, torch.sin", "_ = (t, torch.sin", 1).replace(
            ', color="#0072B2", label="sine")', ")"
        ),
        "missing: Line2D 'sine'",
    ),
    "a curve 5 % off": Change(FIGURE, FIGURE.replace("torch.sin(t)", "0.95 * t.sin()"), "'sine'"),
    "colours swapped": Change(
        FIGURE,
        FIGURE.replace("#0072B2", "#").replace("#E69F00", "#0072B2").replace('"#"', '"#E69F00"'),
        "#e69f00",
    ),
    "a label changed": Change(FIGURE, FIGURE.replace("in s", "in ms"), "t in ms"),
    "a blank figure": Change(
        FIGURE,
        FIGURE.replace("plt.show()", "fig.draw = lambda renderer: None\nplt.show()"),
        "blank",
    ),
    "an exception vanished": Change(
        "[][1]", "[][:1]", "must raise IndexError", RAISES, {"phrase": "out of range"}
    ),
    "an exception appeared": Change("print('safe')", "print('safe' + 1)", "TypeError"),
    "another exception": Change("[][1]", "{}[1]", "KeyError", RAISES, {"phrase": "out of range"}),
    "a phrase gone": Change(
        "[][1]", "raise IndexError('no')", "lacks the phrase", RAISES, {"phrase": "out of range"}
    ),
    "an extra output": Change("print('one')", "print('one')\ndisplay('two')", "'two'"),
    "an extra line": Change("print('one')", "print('one')\nprint('two')", "ends here"),
    "a warning": Change(
        "print('calm')", "import warnings\nwarnings.warn('old')\nprint('calm')", "UserWarning: old"
    ),
    "a warning where nothing is compared": Change(
        "print('t')", "import warnings\nwarnings.warn('old')", "warns", ("nbval-ignore-output",)
    ),
    "an output missing": Change("torch.ones(1)", "torch.ones(1);None", "new   none"),
    "nan for a number": Change("torch.tensor([1., 2.])", "torch.tensor([1., torch.nan])", "nan"),
    "a digit in an exact cell": Change("print(0.123456)", "print(0.123457)", "^", ("exact",)),
    "an exercise that only prints": Change(CHECKED, SPOKEN, "Printed text", ("exercise",)),
    "a solution that fails": Change(SOLVED, CHECKED, "does not pass", ("solution",)),
    "a table's number": Change(
        "from IPython.display import HTML\nHTML('<td>0.5</td>')",
        "from IPython.display import HTML\nHTML('<td>0.6</td>')",
        "0.6",
    ),
}
HARMLESS = {
    "a float one off in its last digit": Change("print(0.123456)", "print(0.123457)"),
    "a tensor on a GPU": Change(
        "torch.tensor([1., 2.])",
        """class Shown:
    def __repr__(self):
        return "tensor([1., 2.], device='cuda:0')"
Shown()""",
    ),
    "another number of threads": Change(
        "d2l.seed(0)\nA = torch.randn(300, 300)\nprint((A @ A).mean(), torch.linalg.norm(A @ A))",
        "torch.set_num_threads(2)\nd2l.seed(0)\nA = torch.randn(300, 300)\n"
        "print((A @ A).mean(), torch.linalg.norm(A @ A))",
    ),
    "another order of curves": Change(
        FIGURE, "\n".join(FIGURE.splitlines()[i] for i in (0, 1, 3, 2, 4, 5))
    ),
    "another version's message": Change(
        "raise RuntimeError('mm: shapes differ (2x3)')",
        "raise RuntimeError('shapes differ')",
        tags=RAISES,
        d2l={"phrase": "shapes differ"},
    ),
    "a message with a number": Change(
        "raise ValueError('got 0.12345')", "raise ValueError('got 0.12346')", tags=RAISES
    ),
    "a solved exercise": Change(CHECKED, SOLVED, tags=("exercise",)),
    "a text printed in pieces": Change(
        "print('ab')", "import sys\nsys.stdout.write('a')\nsys.stdout.flush()\nprint('b')"
    ),
    "a measured time": Change("print(1)", "print(2)", tags=("nbval-ignore-output",)),
    "a wider tolerance": Change("print(0.50)", "print(0.52)", d2l={"rtol": 0.05}),
}
CHANGES = {**PLANTED, **HARMLESS}
OTHERS = {
    "crash": ["1 + 1", "import os\nos._exit(1)", "2 + 2"],
    "alone": ["x = 1\nprint('not compared', x / 3)", "[][1]", "print(x + 1)"],
    "stumbling": ["y = 1", "z", "print(y)"],
}


@dataclass(frozen=True)
class Outcome:
    status: str
    report: str


@dataclass(frozen=True)
class Runs:
    """What pytest said of each cell; the copy has `real` cells of its own, then the added ones."""

    folder: Path
    real: int
    outcomes: dict[tuple[str, int], Outcome]

    def of(self, change: str) -> Outcome:
        return self.outcomes["copy", self.real + list(CHANGES).index(change)]


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on the folder's notebooks as a user does, outside the pytest that runs now."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    plugins = ["-p", "tests.notebook_plugin", "-p", "nbval.plugin"]  # as conftest.py has them
    settings = ["-c", "pyproject.toml", f"--rootdir={folder}", *plugins]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-p", "no:cacheprovider", "-q", *arguments],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def notebook_of(cells: list[NotebookNode], path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=cells)
    path.write_text(clean.dumps(clean.normalise(notebook)), encoding="utf-8")


def code(source: str, number: int, **metadata: Any) -> NotebookNode:
    return nbformat.v4.new_code_cell(source, id=f"added-{number}", metadata=metadata)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Make the notebooks, execute the copy, change its code, and run pytest over them once."""
    folder = tmp_path_factory.mktemp("book")
    notebook = clean.read(REAL)
    real = sum(cell.cell_type == "code" for cell in notebook.cells)
    for number, change in enumerate(CHANGES.values()):
        metadata = {"tags": list(change.tags), "d2l": change.d2l}
        notebook.cells.append(code(change.before, number, **metadata))
    copy = folder / "copy.ipynb"
    copy.write_text(clean.dumps(clean.normalise(notebook)), encoding="utf-8")
    assert execute.main([str(copy)]) == 0
    notebook = clean.read(copy)
    for cell, change in zip(notebook.cells[-len(CHANGES) :], CHANGES.values(), strict=True):
        cell.source = change.after
    clean.write(notebook, copy)
    for name, sources in OTHERS.items():
        cells = [code(source, number) for number, source in enumerate(sources)]
        for cell in cells:
            cell.execution_count = 1
        cells[1].metadata.tags = ["raises-exception"] if name == "alone" else []
        cells[-1].outputs = [nbformat.v4.new_output("stream", text="2\n")]
        notebook_of(cells, folder / f"{name}.ipynb")
    notebook_of([code("print(1)", 0)], folder / "unexecuted.ipynb")

    report = folder / "report.xml"
    selected = ["copy.ipynb", "crash.ipynb", "unexecuted.ipynb"]
    selected += ["alone.ipynb::Cell 2", "stumbling.ipynb::Cell 2"]
    run_pytest(folder, "-n2", f"--junitxml={report}", *(f"{folder}/{name}" for name in selected))
    outcomes = {}
    for case in ElementTree.parse(report).iter("testcase"):
        notebook_name = re.findall(r"(\w+)\.ipynb$", case.attrib["classname"])[0]
        number = int(case.attrib["name"].removeprefix("Cell "))
        told = [child for child in case if child.tag in ("failure", "error", "skipped")]
        status = told[0].tag if told else "passed"
        outcomes[notebook_name, number] = Outcome(status, "".join(str(c.text) for c in told))
    return Runs(folder, real, outcomes)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_caught(runs: Runs, name: str) -> None:
    outcome = runs.of(name)
    assert outcome.status == "failure", f"{name}: {outcome}"
    assert PLANTED[name].word in outcome.report


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_passes(runs: Runs, name: str) -> None:
    outcome = runs.of(name)
    assert outcome.status == "passed", outcome.report


def test_the_real_cells_pass(runs: Runs) -> None:
    failed = [n for n in range(runs.real) if runs.outcomes["copy", n].status != "passed"]
    assert not failed


def test_a_failing_pair_of_figures_is_written(runs: Runs) -> None:
    named = re.findall(r"figure-mismatches/\S+\.png", runs.of("a curve missing").report)
    assert [name.rpartition("-")[2] for name in named] == ["saved.png", "new.png"]
    assert all((runs.folder / name).read_bytes().startswith(b"\x89PNG") for name in named)


def test_a_cell_alone_runs_those_before(runs: Runs) -> None:
    assert runs.outcomes["alone", 2].status == "passed", runs.outcomes["alone", 2].report
    assert "Cell 1, which comes before, raises NameError" in runs.outcomes["stumbling", 2].report


def test_a_dead_kernel_is_named_once(runs: Runs) -> None:
    assert "ended the kernel" in runs.outcomes["crash", 1].report
    assert runs.outcomes["crash", 2].status == "skipped"


# A process whose parent has ended: the kernel knows nothing of it any more.
ORPHAN = """
import subprocess, sys
sleep = [sys.executable, "-c", "import time; time.sleep(999)"]
start = f"import subprocess; subprocess.Popen({sleep}, start_new_session=True)"
subprocess.run([sys.executable, "-c", start])
"""


def test_what_a_notebook_leaves_behind_is_named(tmp_path: Path) -> None:
    sources = {
        "process": ORPHAN,
        "file": "import tempfile\nfile = tempfile.mkstemp(prefix='forgotten')",
        "tidy": "import tempfile\nfolder = tempfile.TemporaryDirectory()",
        "compiled": "import tempfile\nheaders = tempfile.mkdtemp(prefix='torchinductor_')",
    }
    for name, source in sources.items():
        cell = code(source, 0, tags=["nbval-ignore-output"])
        cell.execution_count = 1
        notebook_of([cell], tmp_path / f"{name}.ipynb")
    said = run_pytest(tmp_path, "-n0", *(str(tmp_path / f"{name}.ipynb") for name in sources))
    assert "4 passed, 2 errors" in said.stdout, said.stdout
    assert re.search(r"process.ipynb leaves behind:\na process: .*time.sleep", said.stdout)
    assert "file.ipynb leaves behind:\na temporary file or folder: forgotten" in said.stdout
    assert not [p for p in psutil.process_iter(["cmdline"]) if _sleeps(p.info["cmdline"])]


def _sleeps(words: list[str] | None) -> bool:
    return bool(words) and words[-1] == "import time; time.sleep(999)"


def test_a_notebook_saved_without_execution_fails(runs: Runs) -> None:
    assert "saved without execution" in runs.outcomes["unexecuted", 0].report


def test_a_second_execution_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.ipynb"
    ignored = code("import time\nprint(time.time())", 1, tags=["nbval-ignore-output"])
    notebook_of([code("print(1 / 3)", 0), ignored], path)
    assert execute.main([str(path)]) == 0
    assert "outputs of 2 cells replaced" in capsys.readouterr().out
    once = path.read_bytes()
    assert execute.main([str(path)]) == 0
    assert "unchanged" in capsys.readouterr().out
    assert path.read_bytes() == once
    assert execute.main(["--fresh", str(path)]) == 0
    assert "all saved outputs are overwritten" in capsys.readouterr().out
    assert path.read_bytes() != once


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "Cell 1 raises ZeroDivisionError: division by zero"),
        ("import warnings\nwarnings.warn('old')", "Cell 1: It warns"),
        ("import os\nos._exit(3)", "Cell 1 ended the kernel"),
    ],
)
def test_a_notebook_that_fails_is_left_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, said: str
) -> None:
    path = tmp_path / "broken.ipynb"
    notebook_of([code("print(1)", 0), code(source, 1)], path)
    before = path.read_bytes()
    assert execute.main([str(path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["broken.ipynb"]


def test_a_cell_that_prints_a_megabyte_is_executed_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "long.ipynb"
    notebook_of([code("print('x' * 1_000_000)\nprint('y\\n' * 100_000)", 0)], path)
    start = perf_counter()
    assert execute.main([str(path)]) == 0
    assert perf_counter() - start < 60
    (output,) = clean.read(path).cells[0].outputs
    assert output.text == "x" * 1_000_000 + "\n" + "y\n" * 100_000 + "\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Say which: make execute NOTEBOOK=chapters/….ipynb, or ALL=1 for all."),
        (["--fresh"], "Say which: "),
        (["--all", "chapters"], "Say which: "),
        (["chapters/02_tensors/02_storage_and_stride.ipynb"], f". Near it: {NAME}"),
        (["03_storage_and_strides.ipynb"], f". Near it: {NAME}"),
        (["chapters/02_tensor"], ". Near it: chapters/02_tensors"),
        ([NAME, "none.ipynb"], "none.ipynb: there is no such notebook or folder\n"),
    ],
)
def test_what_is_not_named_rightly_executes_nothing(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(execute, "execute_all", None)
    assert execute.main(arguments) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.count("\n") == 1


def test_a_readers_copies_stay_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert set(COPIES) - set(ignored) == {"Untitled*.ipynb"}
    assert "Untitled*" in ignored
    page, chapters = Path("01_a/02_b.ipynb"), tmp_path / "chapters"
    copies = ["02_b-Copy1.ipynb", "mine1_02_b.ipynb", "mine_b.ipynb", "Untitled.ipynb"]
    for name in [page.name, *copies, ".ipynb_checkpoints/02_b-checkpoint.ipynb"]:
        path = chapters / page.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert execute.notebooks([tmp_path]) == [chapters / page]
    monkeypatch.setattr(helpers, "CHAPTERS", chapters)
    assert helpers.notebook_of("01/02") == chapters / page
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    assert lab.first_page() == (Path("chapters") / page).as_posix()


def test_threads_that_wait_leave_the_cores_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert settings(2)["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert settings(2)["OMP_WAIT_POLICY"] == "ACTIVE"


def test_a_run_that_would_split_a_notebook_is_refused(tmp_path: Path) -> None:
    notebook_of([code("1", 0)], tmp_path / "small.ipynb")
    result = run_pytest(tmp_path, "-n2", "--dist=load", str(tmp_path))
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--dist load would split a notebook" in result.stderr


def test_a_mistyped_path_is_named(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, "-n2", str(tmp_path / "none.ipynb"))
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"file or directory not found: {tmp_path / 'none.ipynb'}" in result.stderr


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_cell_that_is_not_there_is_named(tmp_path: Path, workers: str) -> None:
    path = tmp_path / "small.ipynb"
    notebook_of([code("1", 0), code("2", 1)], path)
    result = run_pytest(tmp_path, workers, f"{path}::Cell 500")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    said = f'{path} has no "Cell 500": its code cells are "Cell 0" to "Cell 1"'
    assert said in result.stderr


def test_a_device_that_is_not_here_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook_of([code("1", 0)], tmp_path / "small.ipynb")
    monkeypatch.setenv("D2L_DEVICE", "nonsense")
    result = run_pytest(tmp_path, "-n2", str(tmp_path))
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "D2L_DEVICE=nonsense is no device" in result.stderr


def test_only_what_changed_is_run(tmp_path: Path) -> None:
    for name in ("old", "new"):
        notebook_of([code("1", 0)], tmp_path / f"{name}.ipynb")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "old.ipynb"], ["commit", "-qm", "old"]):
        subprocess.run([*git, *command], check=True)
    result = run_pytest(tmp_path, "-n0", "--changed", "--collect-only", str(tmp_path))
    assert "new.ipynb::Cell 0" in result.stdout
    assert "old.ipynb" not in result.stdout


if __name__ == "__main__":
    import matplotlib

    made = {"matplotlib": matplotlib.__version__, "figure": draw(Look())}
    OLDER_FIGURES.write_text(
        json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
