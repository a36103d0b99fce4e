"""Mutants of the solutions of chapter 8: see tests/mutating."""

from tests.mutating.testing import mutants_of

test_mutants_are_refused = mutants_of("08")
