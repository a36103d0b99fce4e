"""An exercise's solutions as programs, which run again with one statement changed."""

import ast
import copy
import dis
import json
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib import import_module
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import torch

from d2lutils.checking import Verdict, judge
from d2lutils.checks.watching import nested
from tests.mutating.operators import Mutant, mutants

ROOT = Path(__file__).parents[2]
ANSWER = "__answer__"
TURN = "__turn__"
TURNS = 20_000  # of all loops of one mutant together; more are taken for a loop without an end
MEMORY = 2 * 2**30  # bytes that a mutant may take

DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


class EndlessError(BaseException):
    """A mutant's loops have turned too often."""


class Program:
    """The statements that an answer needs, the last of which assigns it to `ANSWER`.

    Args:
        statements: in order; those that the answer does not need are left out.
        answer: the expression handed to the check.
        changeable: how many of the statements, from the end, belong to the solution.
        namespace: what the statements may use beside each other.
    """

    def __init__(
        self,
        statements: list[ast.stmt],
        answer: ast.expr,
        changeable: int,
        namespace: dict[str, Any],
    ) -> None:
        own = statements[len(statements) - changeable :]
        last = ast.Assign([ast.Name(ANSWER, ast.Store())], answer)
        ast.fix_missing_locations(last)
        self.statements = _needed([*statements, last])
        self.changeable = [
            at
            for at, statement in enumerate(self.statements)
            if (statement is last or statement in own) and not isinstance(statement, IMPORTS)
        ]
        self._uses = [_names(statement) for statement in self.statements]
        self._binds = [_bound(statement) for statement in self.statements]
        self._codes = [_compiled(statement) for statement in self.statements]
        self._base = dict(namespace)
        self.answer = self._run(self._base, self._codes)

    def mutants(self) -> Iterator[tuple[Mutant, Callable[[], Any]]]:
        """Yield each mutant with the function that makes its answer."""
        for at in self.changeable:
            for mutant in mutants(self.statements[at]):
                yield mutant, lambda at=at, mutant=mutant: self._changed(at, mutant.statement)

    def _changed(self, at: int, statement: ast.stmt) -> Any:
        """Run what depends on a changed statement again; functions find each other anew."""
        changed = self._binds[at]
        fresh, codes = {*changed}, []
        for number, kept in enumerate(self.statements):
            uses, binds = self._uses[number], self._binds[number]
            if isinstance(kept, DEFINITIONS) or uses & fresh or binds & changed:
                codes.append(self._codes[number] if number != at else _compiled(statement))
                fresh |= binds
        kept_names = {name: self._base[name] for name in self._base.keys() - changed - {ANSWER}}
        return self._run(kept_names, codes)

    def _run(self, namespace: dict[str, Any], codes: list[CodeType]) -> Any:
        turns = 0

        def turn() -> None:
            nonlocal turns
            turns += 1
            if turns > TURNS:
                raise EndlessError

        namespace[TURN] = turn
        for code in codes:
            exec(code, namespace)
        return namespace.get(ANSWER)


def programs(name: str) -> list[Program]:
    """Return the solution of an exercise's cases, and the notebook's own where it differs."""
    found = [_of_cases(name), _of_notebook(name)]
    if len({_anonymous(program) for program in found}) == 1:
        return found[:1]
    return found


def survivors(name: str) -> tuple[dict[str, str], int]:
    """Return the mutants of an exercise that pass, line and program, and how many were tried."""
    passed, tried = {}, 0
    for program in programs(name):
        verdict = judge(name, program.answer)
        assert verdict.passed, verdict.text
        for mutant, make in program.mutants():
            tried += 1
            found = _judged(name, make)
            if found is not None and found.passed:
                passed[mutant.line] = ast.unparse(mutant.statement)
    return passed, tried


def _judged(name: str, make: Callable[[], Any]) -> Verdict | None:
    """Return what the check says of a mutant, or None for one that does not even build."""
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    with _memory_limited(), warnings.catch_warnings(), redirect_stdout(None):
        warnings.simplefilter("ignore")
        try:
            answer = make()
        except (Exception, EndlessError):
            return None
        return judge(name, answer)


@contextmanager
def _memory_limited() -> Iterator[None]:
    """Let what asks for much more memory fail, where the system can."""
    if sys.platform != "linux":
        yield
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _of_cases(name: str) -> Program:
    stem = f"chapter_{name[:2]}_section_{int(name[3:-1]):02d}"
    module = import_module(f"check_cases.{stem}")
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    (cases,) = [s for s in tree.body if isinstance(s, ast.Assign) and _bound(s) == {"CASES"}]
    at = [key.value for key in cases.value.keys].index(name)
    (answer,) = [k.value for k in cases.value.values[at].keywords if k.arg == "solution"]
    statements = [statement for statement in tree.body if statement is not cases]
    return Program(statements, answer, len(statements), vars(module))


def _of_notebook(name: str) -> Program:
    before, solution = _cells(name)
    (answer,) = [call.args[1] for call in map(_checked, solution) if call]
    statements = [*before, *solution]
    return Program(statements, answer, len(solution), {"__name__": "__main__"})


def definitions(name: str, wanted: str) -> dict[str, Any]:
    """Return what an exercise's notebook defines before its solution, made anew by each call.

    Args:
        name: the exercise.
        wanted: the names needed, with blanks between; what they depend on comes along.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for code in _definitions(name, wanted):
        exec(code, namespace)
    return namespace


@cache
def _definitions(name: str, wanted: str) -> list[CodeType]:
    last = ast.parse(", ".join(wanted.split())).body
    return [_code(statement) for statement in _needed([*_cells(name)[0], *last])]


def _cells(name: str) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Return the statements of the notebook before an exercise's solution, and the solution's."""
    number, section = f"{name[:2]}", f"{int(name[3:-1]):02d}"
    (path,) = [*ROOT.glob(f"chapters/{number}_*/{section}_*.ipynb")] or [
        *ROOT.glob(f"chapters/{number}_*.ipynb")
    ]
    before: list[ast.stmt] = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        passed_over = source.startswith("%") or {"raises-exception", "exercise"} & {*tags}
        if cell["cell_type"] != "code" or passed_over:
            continue
        if source.startswith(f"# Solution {name}:"):
            return before, ast.parse(source).body
        if "solution" not in tags:
            before += ast.parse(source).body
    raise LookupError(f"{path} has no solution of {name}")


def _checked(statement: ast.stmt) -> ast.Call | None:
    """Return the call of `d2l.check`, where the statement is one."""
    called = statement.value if isinstance(statement, ast.Expr) else None
    is_check = isinstance(called, ast.Call) and ast.unparse(called.func) == "d2l.check"
    return called if is_check else None


def _needed(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that the last one depends on, and itself."""
    kept = {len(statements) - 1}
    names = _names(statements[-1])
    while True:
        more = {at for at, s in enumerate(statements) if at not in kept and _bound(s) & names}
        if not more:
            return [statements[at] for at in sorted(kept)]
        kept |= more
        names |= set().union(*(_names(statements[at]) for at in more))


def _names(statement: ast.stmt) -> set[str]:
    """Return the global names that a statement reads, in functions too."""
    wanted = ("LOAD_GLOBAL", "LOAD_NAME")
    return {
        step.argval
        for code in nested(_code(statement))
        for step in dis.get_instructions(code)
        if step.opname in wanted
    }


def _bound(statement: ast.stmt) -> set[str]:
    """Return the global names that a statement gives a value, or a part of one."""
    stored = {
        step.argval
        for step in dis.get_instructions(_code(statement))
        if step.opname in ("STORE_NAME", "STORE_GLOBAL")
    }
    for target in getattr(statement, "targets", []):
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
            if isinstance(target, ast.Name):
                stored.add(target.id)
    return stored


def _code(statement: ast.stmt) -> CodeType:
    # A cell may await; what a solution needs does not.
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(ast.Module([statement], []), "<solution>", "exec", flags)


class _Counted(ast.NodeTransformer):
    """Counts the turns of every loop."""

    def _count(self, loop: ast.For | ast.While) -> ast.AST:
        self.generic_visit(loop)
        turn = ast.Expr(ast.Call(ast.Name(TURN, ast.Load()), [], []))
        fields = {field: value for field, value in ast.iter_fields(loop) if field != "body"}
        return ast.copy_location(type(loop)(body=[turn, *loop.body], **fields), loop)

    visit_For = visit_While = _count


def _compiled(statement: ast.stmt) -> CodeType:
    return _code(ast.fix_missing_locations(_Counted().visit(copy.deepcopy(statement))))


class _Renamed(ast.NodeTransformer):
    """Numbers the names that a program gives, in the order of their first use."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def _new(self, name: str) -> str:
        return self.names.setdefault(name, f"n{len(self.names)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._new(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._new(node.arg))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self._new(node.name)
        return node


def _anonymous(program: Program) -> str:
    """Return a program's changeable statements without the names that it chose."""
    renamed = _Renamed()
    own = [program.statements[at] for at in program.changeable]
    return "\n".join(ast.unparse(renamed.visit(ast.parse(ast.unparse(s)))) for s in own)
