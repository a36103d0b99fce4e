"""The fixed ways in which a solution is changed, each in one place."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

OTHER_SIGNS: dict[type[ast.AST], list[type[ast.AST]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq, ast.LtE, ast.GtE],
    ast.NotEq: [ast.Eq, ast.Lt, ast.Gt],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.MatMult: [ast.Mult],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Div],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
}

LARGE = 1e6  # constants as large are doubled and halved: what is 1 to them?
KIN = {
    "min": "max",
    "amin": "amax",
    "argmin": "argmax",
    "sum": "mean",
    "mean": "median",
    "all": "any",
    "floor": "ceil",
    "nansum": "nanmean",
    "flip": "roll",
    "sin": "cos",
}
KIN |= {kin: name for name, kin in KIN.items() if kin not in KIN}


@dataclass(frozen=True)
class Mutant:
    """A solution changed in one place: the line that has changed, and the whole statement."""

    line: str
    statement: ast.stmt


def mutants(statement: ast.stmt) -> Iterator[Mutant]:
    """Yield a statement changed in one place, in every fixed way; no two mutants are equal."""
    seen = {ast.unparse(statement)}
    members = {id(part) for node in ast.walk(statement) for part in _members(node)}
    for number, (_, node) in enumerate(_nodes(statement)):
        if id(node) in members:
            continue
        for change in _changes(node):
            changed = copy.deepcopy(statement)
            line, twin = _nodes(changed)[number]
            replacement = change(twin)
            if twin is changed:
                changed = replacement
            _replace(changed, twin, replacement)
            ast.fix_missing_locations(changed)
            source = ast.unparse(changed)
            if source in seen:
                continue
            seen.add(source)
            shown = ast.unparse(line if line is not twin else replacement).splitlines()[0]
            if isinstance(replacement, ast.Pass):
                shown = f"dropped: {ast.unparse(node).splitlines()[0]}"
            yield Mutant(shown, changed)


def _members(node: ast.AST) -> list[ast.expr]:
    """Return the tuples behind an `in`, whose order says nothing."""
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        return [part for part in node.comparators if isinstance(part, ast.Tuple | ast.List)]
    return []


def _nodes(statement: ast.stmt) -> list[tuple[ast.stmt, ast.AST]]:
    """Return all nodes of a statement, each with the line (the innermost statement) it is in."""
    found: list[tuple[ast.stmt, ast.AST]] = []

    def walk(node: ast.AST, line: ast.stmt) -> None:
        line = node if isinstance(node, ast.stmt) else line
        found.append((line, node))
        for child in ast.iter_child_nodes(node):
            walk(child, line)

    walk(statement, statement)
    return found


def _replace(root: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(root):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list):
                setattr(parent, field, [new if part is old else part for part in value])


Change = Callable[[Any], ast.AST]


def _changes(node: ast.AST) -> Iterator[Change]:
    """Yield the functions that turn a copy of this node into what stands in its place."""
    for signs in OTHER_SIGNS.get(type(node), []):
        yield lambda _, sign=signs: sign()
    if isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.UnaryOp):
        yield lambda twin: twin.operand
    elif isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Mult):
        yield lambda twin: _set(twin, left=twin.right, right=twin.left)
    elif isinstance(node, ast.Name) and node.id in KIN:
        yield lambda twin: _set(twin, id=KIN[twin.id])
    elif isinstance(node, ast.Attribute) and node.attr in KIN:
        yield lambda twin: _set(twin, attr=KIN[twin.attr])
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        for at in range(len(node.elts) - 1):
            yield lambda twin, at=at: _swapped(twin, twin.elts, at)
    elif isinstance(node, ast.Slice):
        yield from _slices(node)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield lambda twin: _set(twin, test=ast.UnaryOp(ast.Not(), twin.test))
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _results(node.value, "value")
    elif isinstance(node, ast.Lambda):
        yield from _results(node.body, "body")
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.For | ast.Return):
        documented = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not documented:
            yield lambda _: ast.Pass()


def _constants(value: object) -> Iterator[Change]:
    if isinstance(value, bool):
        yield lambda _: ast.Constant(not value)
    elif isinstance(value, int | float) and abs(value) >= LARGE:
        yield lambda _: ast.Constant(value * 2)
        yield lambda _: ast.Constant(value / 2)
    elif isinstance(value, int | float):
        yield lambda _: ast.Constant(value + 1)
        yield lambda _: ast.Constant(value - 1)


def _calls(node: ast.Call) -> Iterator[Change]:
    for at, keyword in enumerate(node.keywords):
        yield lambda twin, at=at: _set(twin, keywords=twin.keywords[:at] + twin.keywords[at + 1 :])
        if keyword.arg in ("dim", "axis") and isinstance(keyword.value, ast.Name):
            for dim in (0, -1):
                yield lambda twin, at=at, dim=dim: _set_dim(twin, at, dim)
    for at in range(len(node.args) - 1):
        yield lambda twin, at=at: _swapped(twin, twin.args, at)
    if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        yield lambda twin: twin.func.value  # a method without arguments, left out


def _slices(node: ast.Slice) -> Iterator[Change]:
    for bound, open_end in (("lower", 1), ("upper", -1)):
        if getattr(node, bound) is None:
            yield lambda twin, bound=bound, at=open_end: _set(twin, **{bound: ast.Constant(at)})
            continue
        if isinstance(getattr(node, bound), ast.Constant):
            continue  # changed as a constant
        for step in (1, -1):
            yield lambda twin, bound=bound, step=step: _set(
                twin,
                **{bound: ast.BinOp(getattr(twin, bound), ast.Add(), ast.Constant(step))},
            )
    if node.step is not None:
        yield lambda twin: _set(twin, step=None)


def _results(value: ast.expr, field: str) -> Iterator[Change]:
    """Yield `abs`, minus and `int` around a result, or around each part of a tuple."""
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    for at, part in enumerate(parts):
        if isinstance(part, ast.Constant):
            continue  # changed as a constant
        for wrap in (_call("abs"), lambda part: ast.UnaryOp(ast.USub(), part), _call("int")):

            def change(twin: Any, at: int = at, wrap: Callable[[Any], ast.expr] = wrap) -> ast.AST:
                result = getattr(twin, field)
                if isinstance(result, ast.Tuple):
                    result.elts[at] = wrap(result.elts[at])
                else:
                    setattr(twin, field, wrap(result))
                return twin

            yield change


def _call(name: str) -> Callable[[Any], ast.expr]:
    return lambda part: ast.Call(ast.Name(name, ast.Load()), [part], [])


def _set(twin: Any, **fields: Any) -> Any:
    for field, value in fields.items():
        setattr(twin, field, value)
    return twin


def _set_dim(twin: Any, at: int, dim: int) -> Any:
    twin.keywords[at].value = ast.Constant(dim)
    return twin


def _swapped(twin: Any, parts: list[Any], at: int) -> Any:
    parts[at], parts[at + 1] = parts[at + 1], parts[at]
    return twin
