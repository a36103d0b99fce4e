"""Wrong answers made from right ones: every solution is changed in one place at a time.

A check that lets such a mutant pass is too kind, unless the mutant is right as well: then it
stands in the exercise's `equivalent`, with the reason. `python -m tests.mutating 02.4a` lists the
mutants that pass; without a name, all exercises are counted.
"""

import sys
from pathlib import Path

# Where pytest finds `check_cases` as well (pyproject.toml).
sys.path.append(str(Path(__file__).parents[1]))
