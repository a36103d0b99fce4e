"""07/04 and 07/09 where no C++ compiler is there: one line says what to type, and the rest runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import form
from tools import clean

ROOT = Path(__file__).parents[1]
NAMES = ["04_compile", "09_faster_training"]
CHAPTERS_READ = [f"chapters/07_performance/{name}.ipynb" for name in NAMES]
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


@pytest.mark.parametrize("name", CHAPTERS_READ)
def test_the_rest_runs(name):
    notebook = ROOT / name
    if notebook in form.changed_by_the_reader():
        pytest.skip("a reader has changed the notebook")
    cells = [cell for cell in clean.read(notebook).cells if cell.cell_type == "code"]
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
        saved = "".join(output.text for output in cell.outputs if output.output_type == "stream")
        tags = cell.metadata.get("tags", [])
        if "raises-exception" in tags:
            assert cell.metadata.d2l.phrase in text
        elif "get_cpp_compiler()" in cell.source:
            assert text.startswith("No C++ compiler. Type: ")
            assert text.count("\n") == 1
        elif "nbval-ignore-output" in tags or "d2l.check" in cell.source:
            continue
        elif cell.metadata.get("d2l") is None:
            assert text == saved
