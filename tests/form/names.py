"""Which names a cell takes from the cells above it, and which it leaves to those below."""

import ast
from collections.abc import Iterable

from tests.form.reading import tree


class Names(ast.NodeVisitor):
    """Reads code in the order in which Python does; `read` holds what was not bound before."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.scopes: list[set[str]] = [set()]

    @property
    def bound(self) -> set[str]:
        return self.scopes[0]

    def visit_all(self, *parts: ast.AST | Iterable[ast.AST] | None) -> None:
        for part in parts:
            for node in [part] if isinstance(part, ast.AST) else part or ():
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.scopes[-1].add(node.id)
        elif not any(node.id in scope for scope in self.scopes):
            self.read.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit_all(node.value, node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit_all(node.annotation, node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.visit(ast.Name(node.target.id, ast.Load()))
        self.visit_all(node.value, node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit_all(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self.visit_all(node.iter, node.target, node.body, node.orelse)

    def visit_alias(self, node: ast.alias) -> None:
        self.scopes[-1].add(node.asname or node.name.partition(".")[0])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.scopes[-1].add(node.name or "")
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.scopes[-1].add(node.name or "")
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.visit_all(node.decorator_list, node.bases, node.keywords)
        self.scopes.append(set())
        self.visit_all(node.body)
        self.scopes.pop()
        self.scopes[-1].add(node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node.args, [node.body])

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.visit_all(node.decorator_list, node.returns)
        self.scopes[-1].add(node.name)  # before the body, which may call it
        self._function(node.args, node.body)

    def _function(self, arguments: ast.arguments, body: list[ast.stmt] | list[ast.expr]) -> None:
        self.visit_all(arguments.defaults, [d for d in arguments.kw_defaults if d])
        inside = [node for part in body for node in ast.walk(part)]
        local = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        local |= {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}
        self.scopes.append(local)
        self.visit_all(body)
        self.scopes.pop()

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node.generators, node.elt)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, node.key, node.value)

    def _comprehension(self, generators: list[ast.comprehension], *made: ast.expr) -> None:
        self.scopes.append(set())
        for generator in generators:
            self.visit_all(generator.iter, generator.target, generator.ifs)
        self.visit_all(made)
        self.scopes.pop()


def names(part: str | ast.AST) -> Names:
    """What a cell's source, or a part of its tree, reads from outside and binds at its top."""
    found = Names()
    found.visit(tree(part) if isinstance(part, str) else part)
    return found
