"""The exercises' checks, a module a section, and what such a module is written with."""

import pkgutil
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from d2lutils.checks.differences import difference
from d2lutils.checks.expecting import (
    NotDone,
    Wrong,
    call,
    expect_copies,
    expect_equal,
    expect_parts,
    expect_shares,
    expect_tensor,
    expect_type,
    given,
    same_storage,
)

__all__ = [
    "Judge",
    "NotDone",
    "Wrong",
    "all_names",
    "call",
    "difference",
    "exercise",
    "expect_copies",
    "expect_equal",
    "expect_parts",
    "expect_shares",
    "expect_tensor",
    "expect_type",
    "find",
    "given",
    "same_storage",
]

# Takes an answer; returns where it is right, raises Wrong or NotDone where it is not.
Judge = Callable[[Any], None]

_NAME = re.compile(r"(\d\d)\.(0|[1-9]\d?)[a-z]")
_JUDGES: dict[str, Judge] = {}


def exercise(name: str) -> Callable[[Judge], Judge]:
    """Register the decorated function as the check of an exercise.

    Args:
        name: chapter, section and letter: `02.4a` stands in chapter_02/section_04.py.

    Returns:
        The decorator; it hands the function back unchanged.

    Raises:
        ValueError: the name is taken, or does not belong to the module it stands in.
    """

    def register(judge: Judge) -> Judge:
        if _module(name) != judge.__module__:
            raise ValueError(f"exercise {name!r} does not belong into {judge.__module__}")
        if name in _JUDGES and _JUDGES[name].__qualname__ != judge.__qualname__:
            raise ValueError(f"exercise {name!r} has two checks")
        _JUDGES[name] = judge
        return judge

    return register


def find(name: str) -> Judge | None:
    """Return the check of an exercise, or None where there is none; loads its module only."""
    module = _module(name)
    if module is None:
        return None
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        if not module.startswith(error.name or module):
            raise
    return _JUDGES.get(name)


def all_names() -> list[str]:
    """Return the names of all exercises that have a check, in the book's order."""
    for found in pkgutil.walk_packages(__path__, f"{__name__}."):
        import_module(found.name)
    return sorted(_JUDGES, key=lambda name: (_module(name), name))


def _module(name: str) -> str | None:
    """Return the full name of the module that an exercise belongs to; None for no name."""
    parts = _NAME.fullmatch(name)
    if parts is None:
        return None
    return f"{__name__}.chapter_{parts[1]}.section_{int(parts[2]):02d}"
