"""Which sections show a function of PyTorch: called in their code and spoken of in their text."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice

import torch

from publish.reading import Cell, Notebook, plain
from publish.terms import BOLD

CODE = re.compile(r"`([^`\n]+)`")
NAME = re.compile(r"[A-Za-z_][\w.]*")
LIBRARIES = ("torch", "torchvision")
OWNERS = {  # of methods that the book shows
    "torch.Tensor": torch.Tensor,
    "torch.nn.Module": torch.nn.Module,
    "torch.optim.Optimizer": torch.optim.Optimizer,
}
HOMES = {  # where a name is taught that others speak of more
    "torch.nn.Conv2d": "05_networks/13_convolution.ipynb",
    "torch.nn.Module.zero_grad": "04_learning/07_momentum.ipynb",
    "torch.nn.ReLU": "05_networks/03_the_nn_module.ipynb",
    "torch.optim.SGD": "04_learning/07_momentum.ipynb",
    "torch.relu": "05_networks/01_neurons.ipynb",
    "torch.save": "02_tensors/10_saving_tensors.ipynb",
    "torch.sigmoid": "05_networks/02_activations.ipynb",
    "torch.Tensor.argmax": "02_tensors/04_indexing.ipynb",
    "torch.Tensor.permute": "02_tensors/03_storage_and_strides.ipynb",
    "torch.Tensor.transpose": "02_tensors/03_storage_and_strides.ipynb",
}
MOST = 4  # places to name for one function
PREVIEW = "02"  # what comes before this chapter shows things before it explains them


def functions(notebooks: Iterable[Notebook]) -> dict[str, list[list[str]]]:
    """For each function or class of PyTorch the places that show it: [notebook, heading].

    A place is a heading whose code uses the name and whose text speaks of it; the one in a notebook
    that speaks of it most stands for the notebook. First comes the name's home: of the notebooks
    that speak of it more than half as often as any other, the earliest after the preview, where
    HOMES names no other. Then come those that speak of it most.
    """
    found: dict[str, list[tuple[int, list[str]]]] = {}
    for notebook in notebooks:
        for name, count, heading in _shown(notebook):
            found.setdefault(name, []).append((count, [notebook.path, heading]))
    return {name: _best(found[name], HOMES.get(name)) for name in sorted(found, key=str.lower)}


def _shown(notebook: Notebook) -> Iterator[tuple[str, int, str]]:
    """Each name that the notebook shows, how often its text says it, and where most."""
    known = _imports(notebook)
    said, whole = Counter[tuple[str, str]](), Counter[str]()
    used: dict[str, dict[str, None]] = {}  # the headings under which a name is used, in order
    for cell in notebook.cells:
        if cell.exercise:
            continue
        if cell.is_code:
            for name in _used(cell, known):
                used.setdefault(name, {})[cell.heading] = None
        else:
            said.update((word, cell.heading) for word in _spoken(cell))
            whole.update(_spoken(cell))
    for name, headings in used.items():
        last = name.rpartition(".")[2].rstrip("=")
        best = max(headings, key=lambda heading: said[last, heading])
        if said[last, best] and (name.endswith("=") or _is_function(name)):
            yield name, whole[last], plain(best)


def _best(places: list[tuple[int, list[str]]], known: str | None) -> list[list[str]]:
    most = max(count for count, place in places)
    taught = [place for place in places if place[1][0] > PREVIEW] or places
    home = next((place for place in taught if place[0] > most / 2), taught[0])
    home = next((place for place in places if place[1][0] == known), home)
    others = sorted((place for place in places if place != home), key=lambda place: -place[0])
    return [place for _, place in [home, *others[: MOST - 1]]]


def _imports(notebook: Notebook) -> dict[str, str]:
    """What the notebook's names stand for: {"nn": "torch.nn"}, of the libraries alone."""
    known = {}
    for cell in notebook.cells:
        for node in ast.walk(_tree(cell)):
            if isinstance(node, ast.Import):
                for name in node.names:
                    first = name.name if name.asname else name.name.partition(".")[0]
                    known[name.asname or first] = first
            elif isinstance(node, ast.ImportFrom) and node.module:
                for name in node.names:
                    known[name.asname or name.name] = f"{node.module}.{name.name}"
    return {name: of for name, of in known.items() if of.partition(".")[0] in LIBRARIES}


def _used(cell: Cell, known: dict[str, str]) -> Iterator[str]:
    """The full names of what a code cell uses: torch.nn.Linear, torch.Tensor.gather."""
    for node in ast.walk(_tree(cell)):
        if isinstance(node, ast.Name) and node.id in known:
            yield known[node.id]
        elif isinstance(node, ast.Attribute):
            chain = ast.unparse(node)
            base = chain.partition(".")[0]
            if base in known and re.fullmatch(NAME, chain):
                yield known[base] + chain[len(base) :]
            elif base not in known:
                owners = (name for name, owner in OWNERS.items() if _has(owner, node.attr))
                yield from (f"{name}.{node.attr}" for name in islice(owners, 1))
        elif isinstance(node, ast.Call):
            base = ast.unparse(node.func).partition(".")[0]
            if base in known or _has(torch.Tensor, getattr(node.func, "attr", "")):
                yield from (f"{option.arg}=" for option in node.keywords if option.arg)


def _has(owner: type, method: str) -> bool:
    return callable(getattr(owner, method, None))


def _is_function(name: str) -> bool:
    """Whether a name is a function or a class of its library, and no module."""
    first, *parts = name.split(".")
    thing: object = import_module(first)
    path = first
    for part in parts:
        path = f"{path}.{part}"
        try:
            thing = getattr(thing, part)
        except AttributeError:
            try:  # a module that nobody has imported yet is no attribute either
                thing = import_module(path)
            except ImportError:
                return False
    return bool(parts) and callable(thing) and not parts[-1].startswith("_")


def _spoken(cell: Cell) -> Iterator[str]:
    """The last names of what is set as code or defined: gather for `x.gather(…)` and **gather**."""
    for code in CODE.findall(cell.source) + BOLD.findall(cell.source):
        for name in NAME.findall(code):
            yield name.rpartition(".")[2]


def _tree(cell: Cell) -> ast.AST:
    if not cell.is_code:
        return ast.Module([], [])
    source = re.sub(r"(?m)^\s*[%!].*$", "pass", cell.source)
    try:
        return ast.parse(source)
    except SyntaxError:  # an error that is the lesson
        return ast.Module([], [])
