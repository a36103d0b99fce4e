"""Mutants of the solutions of chapter 7: see tests/mutating."""

from tests.mutating.testing import mutants_of

test_mutants_are_refused = mutants_of("07")
