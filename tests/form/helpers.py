"""Which section builds by hand what a helper of d2lutils does, and what its docstring says."""

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from tests.form.reading import CHAPTERS, Page
from tools import clean
from tools.fresh import is_copy

# BOOK.md's last lines: the section that builds by hand what a helper does.
BUILT = {
    "check": "00",
    "seed": "02/09",
    "plot.memory": "02/03",
    "plot.broadcasting": "02/05",
    "device": "02/12",
    "loader": "03/15",
    "download": "03/18",
    "plot.computation_graph": "04/02",
    "plot.surface": "04/07",
    "fit": "04/12",
    "plot.history": "04/12",
    "plot.activations": "05/08",
    "plot.confusion_matrix": "05/15",
    "plot.decision_regions": "05/05",
    "load_checkpoint": "06/18",
    "save_checkpoint": "06/18",
}
NOT_BUILT = {"compiler_line", "install_line", "plot.images", "plot.lines", "plot.style"}
# A picture that nothing is to be built for is explained in the section that needs it first.
BUILT_IN = re.compile(r"(?:Built\s+by\s+hand|Explained)\s+in\s+(\d\d(?:/\d\d)?)\b")


def public(name: str) -> object:
    """The helper that `d2l.name` is, or None where the package does not export it."""
    value: object = importlib.import_module("d2lutils")
    for part in name.split("."):
        if isinstance(value, ModuleType) and part not in getattr(value, "__all__", ()):
            return None
        value = getattr(value, part, None)
    return value


def public_functions() -> dict[str, Callable[..., object]]:
    """Every function that d2lutils exports, by its name after `d2l.`."""
    found: dict[str, Callable[..., object]] = {}

    def visit(module: ModuleType, prefix: str) -> None:
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, ModuleType):
                visit(value, f"{prefix}{name}.")
            elif inspect.isfunction(value):
                found[prefix + name] = value

    visit(importlib.import_module("d2lutils"), "")
    return found


def built_in(helper: object) -> str | None:
    """The section that a docstring names: 02/08."""
    match = BUILT_IN.search(getattr(helper, "__doc__", None) or "")
    return match[1] if match else None


def notebook_of(section: str) -> Path | None:
    """The notebook of 02/08, if it is written."""
    chapter, _, number = section.partition("/")
    pattern = f"{chapter}_*/{number}_*.ipynb" if number else f"{chapter}_*.ipynb"
    return next((path for path in sorted(CHAPTERS.glob(pattern)) if not is_copy(path)), None)


def helper_breaches(name: str, helper: object) -> list[str]:
    """What is wrong with how a helper's docstring names the section that builds it."""
    if name in NOT_BUILT:
        return []
    section = built_in(helper)
    if section is None:
        return [f'd2l.{name}: say "Built by hand in NN/MM." (or "Explained in") in its docstring']
    if section != BUILT.get(name, section):
        return [f"d2l.{name}: its docstring names {section}, BOOK.md {BUILT[name]}"]
    home = notebook_of(section)
    if home and name not in Page(home, clean.read(home)).helpers:
        return [f"d2l.{name}: {home.name} builds it by hand and must then use it"]
    return []
