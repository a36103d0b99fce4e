"""07/04 and 07/09 where no C++ compiler is there: one line says what to type, and the rest runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import without

ROOT = Path(__file__).parents[1]
NAMES = ["07_performance/04_compile.ipynb", "07_performance/09_faster_training.ipynb"]
RUN = """
import contextlib, io, json, sys
said, space = [], {"__name__": "__main__"}
for source in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as text:
        try:
            exec(source, space)
        except RuntimeError as error:
            print("raised", error)
    said.append(text.getvalue())
print(json.dumps(said))
"""


@pytest.mark.parametrize("name", NAMES)
def test_the_rest_runs(name):
    cells = without.cells_of(name)
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env={**os.environ, "CXX": "no-such-compiler", "MPLBACKEND": "agg"},
        input=json.dumps([cell.source for cell in cells]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for cell, text in zip(cells, json.loads(done.stdout), strict=True):
        tags = cell.metadata.get("tags", [])
        if "raises-exception" in tags:
            assert cell.metadata.d2l.phrase in text
        elif "get_cpp_compiler()" in cell.source:
            assert text.startswith("No C++ compiler. Type: ")
            assert text.count("\n") == 1
        elif without.is_exact(cell) and "d2l.check" not in cell.source:
            assert text == without.saved_of(cell)
