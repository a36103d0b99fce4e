"""The notebooks as a course of nbgrader: stubs to fill in, marks by the book's own checks.

python -m publish.assignment FOLDER [--chapter 02_tensors]

In the folder, `nbgrader generate_assignment 02_tensors` makes what students get. Each exercise that
has a check is worth one point. Exercises in words have none.
"""

import ast
import sys
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from publish.reading import ROOT
from publish.student import chosen, command, without_dead_links, without_solutions
from tools import clean

CONFIG = '''\
"""The course's settings for nbgrader."""

from nbgrader.converters import Autograde
from nbgrader.preprocessors import DeduplicateIds, NbGraderPreprocessor
from nbgrader.utils import is_grade


class OnlyErrors(NbGraderPreprocessor):
    """A test fails by its error alone: a warning costs no point, a number shown gives none."""

    def preprocess_cell(self, cell, resources, index):
        if is_grade(cell) and cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type == "error"]
        return cell, resources


class Unmarked(DeduplicateIds):
    """A copy of a stub or test becomes a plain cell; without its marks nbgrader would stop."""

    def preprocess_cell(self, cell, resources, index):
        cell, resources = super().preprocess_cell(cell, resources, index)
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
        return cell, resources


c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "pytorch"
c.ClearSolutions.code_stub = {"python": ""}  # the stub stands above the solution
c.ExecutePreprocessor.timeout = 300
c.ExecutePreprocessor.interrupt_on_timeout = True
c.ExecutePreprocessor.iopub_timeout = 60  # of a busy machine's kernel
c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    Unmarked if step is DeduplicateIds else step
    for step in Autograde.sanitize_preprocessors.default()
]
execute, *steps = Autograde.autograde_preprocessors.default()
c.Autograde.autograde_preprocessors = [execute, OnlyErrors, *steps]
'''
# Runs in the student's kernel: what a submission has put in the package's place goes first.
TEST = """\
# One point: the book's own check of exercise {name}, loaded anew.
import sys

for module in [name for name in sys.modules if name.partition(".")[0] == "d2lutils"]:
    del sys.modules[module]
from d2lutils.checking import judge

verdict = judge("{name}", {answer})
assert verdict.passed, verdict.text"""


def write(out: Path, chapter: str | None = None) -> list[Path]:
    """Write a course below `out`: a chapter is an assignment; return its notebooks.

    Args:
        out: a folder that is empty or does not exist yet.
        chapter: a folder of chapters/, such as 02_tensors; all chapters where it is left out.

    Raises:
        FileExistsError: there is something in `out`.
        FileNotFoundError: there is no such chapter.
    """
    chapters = ROOT / "chapters"
    written = []
    # The first page belongs to no chapter.
    books = [path for path in chosen(out, chapter) if path.parent != chapters]
    for path in books:
        copy = out / "source" / path.relative_to(chapters)
        copy.parent.mkdir(parents=True, exist_ok=True)
        notebook = without_dead_links(clean.read(path), path.parent, books)
        clean.write(graded(notebook), copy)
        written.append(copy)
    (out / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    return written


def graded(notebook: NotebookNode) -> NotebookNode:
    """The teacher's version: each stub with its solution marked, and a locked test below it."""
    solutions = {}
    for cell in notebook.cells:
        if "solution" in cell.metadata.get("tags", []) and (call := _check(cell.source)):
            solution = f"{_before(cell.source, call)}\n", _text(cell.source, call.args[1])
            solutions[_name(call)] = solution
    copy = without_solutions(notebook)
    cells = []
    for cell in copy.cells:
        call = _check(cell.source) if "exercise" in cell.metadata.get("tags", []) else None
        if call is None or _name(call) not in solutions:
            cells.append(cell)
            continue
        name, answer = _name(call), _text(cell.source, call.args[1])
        cells += [_stub(cell, call, *solutions[name]), _test(name, answer)]
    copy.cells = cells
    return copy


def _stub(cell: NotebookNode, call: ast.Call, solution: str, solved: str) -> NotebookNode:
    """The exercise's cell with its solution between the two marks that nbgrader looks for."""
    told = [
        f"{_before(cell.source, call)}\n\n",
        f"### BEGIN SOLUTION\n{solution}{_text(cell.source, call.args[1])} = {solved}",
        "### END SOLUTION\n",
        _text(cell.source, call),
    ]
    own = {"grade": False, "solution": True, "locked": False}
    identifier = f"exercise-{_name(call).replace('.', '-')}"
    metadata = NotebookNode(cell.metadata | {"nbgrader": _marks(identifier, own)})
    return NotebookNode(cell | {"source": "\n".join(told), "metadata": metadata})


def _test(name: str, answer: str) -> NotebookNode:
    identifier = "check-" + name.replace(".", "-")
    own = {"grade": True, "solution": False, "locked": True, "points": 1}
    metadata = {"nbgrader": _marks(identifier, own), "slideshow": {"slide_type": "skip"}}
    source = TEST.format(name=name, answer=answer)
    return new_code_cell(source, metadata=metadata, id=identifier)


def _marks(identifier: str, own: dict[str, Any]) -> NotebookNode:
    always = {"schema_version": 3, "task": False, "cell_type": "code", "grade_id": identifier}
    return NotebookNode(always | own)


def _check(source: str) -> ast.Call | None:
    """The call of d2l.check at a cell's end, if there is one."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return last.value if ast.unparse(last.value.func) == "d2l.check" else None
    return None


def _name(call: ast.Call) -> str:
    return str(ast.literal_eval(call.args[0]))


def _before(source: str, call: ast.Call) -> str:
    """What stands above the call."""
    return "\n".join(source.split("\n")[: call.lineno - 1]).strip()


def _text(source: str, node: ast.expr) -> str:
    """A part of the source, as it is written there."""
    return ast.get_source_segment(source, node) or ast.unparse(node)


if __name__ == "__main__":
    sys.exit(command(write, "notebooks for nbgrader"))
