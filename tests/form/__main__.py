"""python -m tests.form: see the package."""

import sys

from tests.form import main

sys.exit(main(sys.argv[1:]))
