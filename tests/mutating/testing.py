"""The test of one chapter's mutants; a file a chapter, so that pytest's workers share them."""

from collections.abc import Callable

import pytest

from tests.mutating.programs import survivors
from tests.test_checks import CASES


def mutants_of(chapter: str) -> Callable[[str], None]:
    """Return the test that every mutant of a chapter's solutions is refused, or listed."""

    @pytest.mark.parametrize("name", [name for name in CASES if name.startswith(f"{chapter}.")])
    def test_mutants_are_refused(name: str) -> None:
        passed, tried = survivors(name)
        listed = CASES[name].equivalent
        assert tried > 0
        assert passed.keys() - listed.keys() == set(), "these mutants pass and are not listed"
        assert listed.keys() - passed.keys() == set(), "these are listed and do not pass"
        assert all(listed.values()), "each needs a reason"

    return test_mutants_are_refused
