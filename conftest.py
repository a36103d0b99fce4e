"""Makes pytest run the notebooks as tests (tests/notebook_plugin.py) and know what is proven.

pyproject.toml keeps nbval from loading itself: here it comes after what it must not import.
"""

import sys

from tools.fresh import COPIES

# jsonschema's check of internationalised addresses, which no notebook has, compiles a grammar when
# it is imported: over a second for each of pytest's processes. Without it jsonschema does as well.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

pytest_plugins = ["tests.notebook_plugin", "tests.unproven", "nbval.plugin"]

collect_ignore_glob = [f"*/{copies}" for copies in COPIES]
