"""Answers to the exercises, right and wrong, a module a section; test_checks.py tries them."""

from dataclasses import dataclass, field
from typing import Any

# Reasons why a mutant of a solution is right as well.
NOT_NEGATIVE = "the result is never negative"
WHOLE = "the result is a whole number already"
SAME_LENGTH = "the parts are of one length, as the task says"
COMMUTES = "the order of these two does not matter"


@dataclass(frozen=True)
class Cases:
    """The answers to one exercise.

    solution: a right answer; more of them in `also_right`.
    wrong: honest mistakes, each with a phrase of the message meant for it.
    equivalent: mutants of the solution that are right as well (tests/mutating), the line that has
        changed and the reason.
    """

    solution: Any
    wrong: list[tuple[Any, str]]
    also_right: list[Any] = field(default_factory=list)
    equivalent: dict[str, str] = field(default_factory=dict)
