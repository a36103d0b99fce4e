"""The mutants of tests/mutating: every fixed way of changing an answer, and none runs for ever."""

import ast
import subprocess
import sys
import textwrap

import pytest

from check_cases import Cases
from tests.mutating import programs, testing
from tests.mutating.operators import mutants
from tests.mutating.programs import MEMORY, Program, survivors


def lines(source):
    (statement,) = ast.parse(textwrap.dedent(source)).body
    return [mutant.line for mutant in mutants(statement)]


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("y = a < b", ["y = a <= b", "y = a > b", "dropped: y = a < b"]),
        ("y = a == b", ["y = a != b", "y = a <= b", "y = a >= b", "dropped: y = a == b"]),
        ("y = a - b", ["y = b - a", "y = a + b", "dropped: y = a - b"]),
        ("y += 2", ["y -= 2", "y += 3", "y += 1", "dropped: y += 2"]),
        ("y = not a", ["y = a", "dropped: y = not a"]),
        ("y = a and True", ["y = a or True", "y = a and False", "dropped: y = a and True"]),
        ("y = x[1:]", ["y = x[1:-1]", "y = x[2:]", "y = x[0:]", "dropped: y = x[1:]"]),
        (
            "y = x[:n:s]",
            ["y = x[1:n:s]", "y = x[:n + 1:s]", "y = x[:n + -1:s]", "y = x[:n]",
             "dropped: y = x[:n:s]"],
        ),
        (
            "y = f(a, b, keepdim=c)",
            ["y = f(a, b)", "y = f(b, a, keepdim=c)", "dropped: y = f(a, b, keepdim=c)"],
        ),
        (
            "y = x.sum(dim=d)",
            ["y = x.sum()", "y = x.sum(dim=0)", "y = x.sum(dim=-1)", "y = x.mean(dim=d)",
             "dropped: y = x.sum(dim=d)"],
        ),
        (
            "y = x.sum(1)",
            ["y = x.mean(1)", "y = x.sum(2)", "y = x.sum(0)", "dropped: y = x.sum(1)"],
        ),
        ("y = a in (b, c)", ["y = a not in (b, c)", "dropped: y = a in (b, c)"]),
        ("y = x.clone()", ["y = x", "dropped: y = x.clone()"]),
        ("f = lambda x: x", ["dropped: f = lambda x: x", "f = lambda x: abs(x)",
                             "f = lambda x: -x", "f = lambda x: int(x)"]),
        (
            "def f(a, b):\n    return a, b",
            ["return (abs(a), b)", "return (-a, b)", "return (int(a), b)", "return (a, abs(b))",
             "return (a, -b)", "return (a, int(b))", "dropped: return (a, b)", "return (b, a)"],
        ),
        (
            "def f(x):\n    'Say what it does.'\n    if x:\n        x = 3\n    return x",
            ["if not x:", "dropped: if x:", "return abs(x)", "return -x", "return int(x)",
             "dropped: return x", "dropped: x = 3", "x = 4", "x = 2"],
        ),
    ],
)  # fmt: skip
def test_the_fixed_ways(source, changed):
    assert sorted(lines(source)) == sorted(changed)


def program(source, answer="f", changeable=1):
    body = ast.parse(textwrap.dedent(source)).body
    return Program(body, ast.parse(answer, mode="eval").body, changeable, {"__name__": __name__})


def results(built, *inputs):
    found = {}
    for mutant, make in built.mutants():
        try:
            found[mutant.line] = make()(*inputs)
        except (Exception, programs.EndlessError) as error:
            found[mutant.line] = type(error).__name__
    return found


def test_a_program_keeps_what_the_answer_needs():
    built = program("import math\nunused = 1\nused = math.pi\n\ndef f():\n    return used")
    assert len(built.statements) == 4
    assert built.answer() == pytest.approx(3.14159, rel=1e-4)


def test_a_cell_that_awaits_is_read():
    built = program("x = 2\nawait x\n\ndef f():\n    return x")
    assert len(built.statements) == 3
    assert built.answer() == 2


def test_functions_and_objects_see_the_changed_statement():
    source = """
        def twice(x):
            return x + x

        class Adder:
            def __call__(self, x):
                return twice(x)

        adder = Adder()
    """
    found = results(program(source, answer="adder", changeable=3), 3)
    assert found["return x - x"] == 0
    assert found["return -twice(x)"] == -6
    assert found["dropped: return x + x"] is None


def test_a_loop_without_an_end_is_stopped():
    source = """
        def f(n):
            while n > 0:
                n -= 1
            return n
    """
    found = results(program(source), 5)
    assert found["n += 1"] == "EndlessError"
    assert found["dropped: n -= 1"] == "EndlessError"
    assert found["return int(n)"] == 0


def test_a_mutant_that_asks_for_all_memory_is_refused(monkeypatch):
    def solutions(_):
        source = f"def f(shape):\n    size = {2 * MEMORY} * (shape is None)\n    return bytes(size)"
        return [program(source)]

    asked = []

    def judge(_, answer):
        try:
            asked.append(len(answer((2, 3))))
        except Exception as error:
            asked.append(type(error).__name__)
        return programs.Verdict("02.3a", True, "02.3a: correct.")

    monkeypatch.setattr(programs, "programs", solutions)
    monkeypatch.setattr(programs, "judge", judge)
    survivors("02.3a")
    assert 0 in asked
    assert "MemoryError" in asked or sys.platform != "linux"
    assert not any(isinstance(size, int) and size > MEMORY for size in asked)


@pytest.mark.parametrize(
    ("listed", "complaint"),
    [
        ({}, "pass and are not listed"),
        ({"y = 2": "right as well", "y = 3": "no longer made"}, "are listed and do not pass"),
        ({"y = 2": ""}, "each needs a reason"),
    ],
)
def test_a_mutant_that_passes_is_listed_with_a_reason(monkeypatch, listed, complaint):
    monkeypatch.setattr(testing, "CASES", {"02.3a": Cases(None, [], equivalent=listed)})
    monkeypatch.setattr(testing, "survivors", lambda _: ({"y = 2": "y = 2"}, 9))
    with pytest.raises(AssertionError, match=complaint):
        testing.mutants_of("02")("02.3a")


def test_mutants_are_the_same_each_time():
    assert survivors("03.19a") == survivors("03.19a")


def test_the_command_counts_mutants():
    command = [sys.executable, "-m", "tests.mutating", "02.10a"]
    run = subprocess.run(command, cwd=programs.ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("02.10a: ")
    assert run.stdout.endswith(" refused, 0 pass\n")
