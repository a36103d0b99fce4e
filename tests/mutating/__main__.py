"""`python -m tests.mutating [NAME …]`: which mutants pass their exercise's check."""

import sys
from collections import Counter
from time import perf_counter

from d2lutils import checks
from tests.mutating.programs import survivors
from tests.test_checks import CASES

tried, listed = Counter(), Counter()
for name in sys.argv[1:] or checks.all_names():
    start = perf_counter()
    passed, number = survivors(name)
    known = CASES[name].equivalent
    tried[name[:2]] += number
    listed[name[:2]] += len(passed)
    seconds = perf_counter() - start
    print(f"{name}: {number} mutants, {len(passed)} pass, {seconds:.1f} s")
    for line in passed:
        if line not in known:
            print(f'    {line!r}: "",')
    for line in known.keys() - passed.keys():
        print(f"    stale: {line!r}")
for chapter, number in tried.items():
    passed = listed[chapter]
    print(f"chapter {chapter}: {number} mutants, {number - passed} refused, {passed} pass")
