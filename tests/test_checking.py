"""`d2l.check`: what it shows, whatever the answer; and the helpers that checks are written with."""

import random
import signal
import sys
from asyncio import CancelledError
from functools import partial, wraps
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pandas as pd
import pytest
import torch

import d2lutils as d2l
from check_cases.chapter_02_section_03 import CASES
from d2lutils import checks
from d2lutils.checking import judge
from d2lutils.checks import NotDone, Wrong, call, difference, expect_equal, given
from d2lutils.checks.stubs import is_stub
from d2lutils.checks.watching import Operations, loops, memory


@pytest.fixture
def registered(monkeypatch):
    """Return a function that makes another one the check of exercise 02.3a."""

    def register(judge_answer):
        monkeypatch.setitem(checks._JUDGES, "02.3a", judge_answer)

    checks.find("02.3a")
    return register


def test_outside_ipython_the_verdict_is_printed(capsys):
    d2l.check("02.3a", CASES["02.3a"].solution)
    assert capsys.readouterr().out == "02.3a: correct.\n"


def test_in_a_kernel_verdicts_are_one_output_and_errors_one_line():
    cells = [
        "import d2lutils as d2l",
        "d2l.check('02.3a', ...)",
        "d2l.check('02.4b', lambda x, columns: x.gather(1, columns[:, None])[:, 0])",
        "d2l.check('02.3x', ...)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, allow_errors=True).execute()
    shown = [cell.outputs for cell in notebook.cells]
    assert [len(outputs) for outputs in shown] == [0, 1, 1, 1]
    kind = "application/vnd.d2l.check+json"
    stub, passed, error = (outputs[0] for outputs in shown[1:])
    assert stub.output_type == "display_data"
    assert stub.data["text/plain"] == "02.3a: not done yet."
    assert stub.data[kind] == {"check": "02.3a", "passed": False}
    assert passed.data["text/plain"] == "02.4b: correct."
    assert passed.data[kind] == {"check": "02.4b", "passed": True}
    assert error.ename == "BookError"
    assert error.evalue.startswith("There is no exercise '02.3x'. Near it: 02.3a, 02.3b.")
    assert error.traceback == [f"BookError: {error.evalue}"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("02.3z", "There is no exercise '02.3z'. Near it: 02.3a, 02.3b."),
        ("2.2b", "There is no exercise '2.2b'. Near it: "),
        ("02.99a", "There is no exercise '02.99a'. Near it: "),
        ("strides", "There is no exercise 'strides'; they run from 00.0a"),
        ("", "There is no exercise ''; they run from 00.0a"),
        ("../errors", "There is no exercise '../errors'; they run "),
        ("x" * 3000, "There is no exercise 'xxx"),
        (3, 'The first argument of d2l.check is a name: d2l.check("02.4a", answer).'),
        (len, "The first argument of d2l.check is a name"),
    ],
)
def test_unknown_names_are_one_line(name, message):
    with pytest.raises(d2l.BookError) as caught:
        d2l.check(name, ...)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 100


def test_names_are_in_the_books_order():
    names = checks.all_names()
    assert names == sorted(names, key=lambda name: (name[:2], int(name[3:-1]), name[-1]))


def test_a_check_that_fails_itself_gives_a_line(registered):
    registered(lambda answer: answer.strip())
    assert judge("02.3a", 3).text == (
        "02.3a: not yet. The check cannot read this answer: "
        "AttributeError: 'int' object has no attribute 'strip'. "
        "Is it of the kind that the task asks for: a function, a tensor, a number?"
    )


def test_message_is_one_sentence_on_one_line(registered):
    def wrong(_):
        raise Wrong("the sum\nis  off")

    registered(wrong)
    assert judge("02.3a", 3).text == "02.3a: not yet. The sum is off."


def test_generators_are_put_back(registered):
    registered(lambda _: (torch.manual_seed(1), np.random.seed(1), random.seed(1)))
    states = torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()
    judge("02.3a", 3)
    assert torch.equal(torch.get_rng_state(), states[0])
    assert np.random.get_state()[1].tolist() == states[1]
    assert random.getstate() == states[2]


def test_two_checks_of_a_name_or_a_foreign_module_are_refused():
    def foreign(answer): ...

    with pytest.raises(ValueError, match="does not belong"):
        checks.exercise("02.3a")(foreign)
    with pytest.raises(ValueError, match="does not belong"):
        checks.exercise("nonsense")(foreign)
    foreign.__module__ = "d2lutils.checks.chapter_02.section_03"
    checks.find("02.3a")
    with pytest.raises(ValueError, match="two checks"):
        checks.exercise("02.3a")(foreign)


def empty(x): ...


def documented(x):
    """Say what to do."""


def passing(x):
    pass


def returning_dots(x):
    return ...


def computing(x):
    x + 1


def constant(x):
    return 5


@pytest.mark.parametrize(
    "answer",
    [..., (1, ...), [...], {"a": ...}, (1, empty), empty, documented, passing, returning_dots,
     lambda x: ..., lambda x: None],
)  # fmt: skip
def test_stubs(answer):
    assert is_stub(answer)


@pytest.mark.parametrize(
    "answer", [None, 0, (), [1], {}, "...", computing, constant, lambda x: x, len, int, torch.sum]
)
def test_no_stubs(answer):
    assert not is_stub(answer)


def inplace(x):
    x += 1
    return x


def raising(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (7, "the answer should be a function, passed by its name without brackets; it is an int"),
        (torch.ones(2), "the answer should be a function, passed by its name without brackets; "
         "it is a tensor"),
        (None, "the answer should be a function, passed by its name without brackets; it is None"),
        (computing, "your function returned None; is a `return` missing?"),
        (inplace, "your function changed its input; leave the input as it was"),
        (lambda: 1, "your function raised TypeError: <lambda>() takes 0 positional arguments"),
        (lambda x: exit(3), "your function raised SystemExit: 3"),
        (lambda x: x @ x.T @ x[0:0], "your function raised RuntimeError: "),
    ],
)  # fmt: skip
def test_call_names_what_went_wrong(answer, message):
    with pytest.raises(Wrong) as caught:
        call(answer, torch.ones(2, 3))
    assert str(caught.value).startswith(message)


def failing(*inputs):
    raise AssertionError


def test_an_error_without_a_message():
    with pytest.raises(Wrong, match=r"raised AssertionError, at `raise AssertionError`. An "):
        call(failing)


def not_for_this_dtype(x):
    return x.cfloat().fmod(2)


def half_of_a_stub(x):
    return helper_without_a_body(x)


def helper_without_a_body(x):
    raise NotImplementedError


def caught_and_raised_again(x):
    try:
        x.new_empty(1, device="meta").item()
    except RuntimeError as error:
        raise NotImplementedError from error


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (not_for_this_dtype, "not implemented for 'ComplexFloat'"),
        (lambda x: x.to("meta").tolist(), "has a shape and no numbers to read"),
        (half_of_a_stub, "NotImplementedError, at `raise NotImplementedError`. PyTorch or"),
        (caught_and_raised_again, "raised NotImplementedError"),
    ],
)
def test_only_the_stubs_own_error_is_not_done(answer, message, registered):
    registered(lambda answer: call(answer, torch.ones(2)))
    verdict = judge("02.3a", answer)
    assert message in verdict.text
    assert verdict.text.startswith("02.3a: not yet. Your function raised NotImplementedError")


class Unfinished:
    def __call__(self, x):
        raise NotImplementedError("later")

    def method(self, x):
        """Do it."""
        raise NotImplementedError


@pytest.mark.parametrize(
    "answer", [Unfinished(), Unfinished().method, partial(raising), wraps(raising)(lambda x: x)]
)
def test_a_stub_may_raise(answer, registered):
    registered(lambda answer: call(answer, torch.ones(2)))
    if hasattr(answer, "__wrapped__"):
        answer = answer.__wrapped__
    assert judge("02.3a", answer).text == "02.3a: not done yet."


def raiser(error):
    def answer(x):
        raise error

    return answer


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(), GeneratorExit(), SystemExit(3), CancelledError(), BaseException("so"),
        RecursionError(), MemoryError(), StopIteration(), Exception(),
        ExceptionGroup("two", [OSError()]),
    ],
)  # fmt: skip
def test_whatever_an_answer_raises_is_a_message(error, registered):
    registered(lambda answer: call(answer, torch.ones(2)))
    verdict = judge("02.3a", raiser(error))
    assert verdict.text.startswith(f"02.3a: not yet. Your function raised {type(error).__name__}")
    assert verdict.text.count(". ") >= 2  # the meaning follows
    registered(lambda answer: answer(1))  # outside of `call` as well
    assert "check cannot read this answer" in judge("02.3a", raiser(error)).text


def pressed(x):
    signal.raise_signal(signal.SIGINT)
    return x


def test_an_interrupt_through_a_handler_goes_through(registered):
    def handler(*_):
        raise KeyboardInterrupt

    registered(lambda answer: call(answer, torch.ones(2)))
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            judge("02.3a", pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_readers_own_interrupt_goes_through(registered):
    registered(lambda answer: call(answer, torch.ones(2)))
    with pytest.raises(KeyboardInterrupt):
        judge("02.3a", pressed)
    registered(lambda answer: answer(torch.ones(2)))
    with pytest.raises(KeyboardInterrupt):
        judge("02.3a", pressed)


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (lambda x: x @ torch.ones(2, 2), "the columns of the first must be the rows of the second"),
        (lambda x: x + torch.ones(4), "the shapes do not broadcast"),
        (lambda x: x.view(4), "another number of elements"),
        (lambda x: x.item(), "asks a tensor of several numbers for one number"),
        (lambda x: 1 if x else 2, "ask for one truth value"),
        (lambda x: x.sum(5), "the tensor has fewer dimensions than that"),
        (lambda x: x @ x.T.double(), "the dtypes do not fit each other"),
        (lambda x: x.nothing, "has nothing of that name"),
        (lambda x: nowhere, "no cell that ran gave this name a value"),  # noqa: F821
        (lambda x: {}["a"], "the dictionary has no such key"),
        (lambda x: [][1], "there is no element at that place"),
        (lambda x: x[[0, 1], [0, 1, 2]], "lists side by side pick pairs"),
        (lambda x: x[x[0] > 0], "an answer for each place that it asks"),
        (lambda x: x[0, 0, 0], "more entries than there are dimensions"),
        (lambda x: x[x], "whole numbers (int64), or is a mask"),
        (lambda x: 1 / 0, "below the fraction bar is 0"),
        (lambda x: Path("/nowhere/at/all").read_text(), "there is no file of that name"),
        (lambda x: x.shape(0), "stands behind something that is no function"),
        (lambda x: len(x)[0], "stands behind something that has no parts"),
        (lambda x, y: 3, "compare what the call hands over with what `def` takes"),
        (lambda x: x.sum(dims=1), "the types or the number of the arguments"),
    ],
)  # fmt: skip
def test_an_error_is_told_with_its_meaning(answer, meaning):
    with pytest.raises(Wrong) as caught:
        call(answer, torch.ones(2, 3))
    assert meaning in str(caught.value).lower()


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x["list"].append(1),
        lambda x: x["pair"][1].zero_(),
        lambda x: x["array"].sort(),
        lambda x: x.pop("list"),
        lambda x: x["table"].pop("a"),
    ],
)
def test_call_notices_changes_inside_containers(change):
    inputs = {"list": [1], "pair": (1, torch.ones(2)), "array": np.array([2, 1])}
    inputs["table"] = pd.DataFrame({"a": [1.0]})
    with pytest.raises(Wrong, match="your function changed its input"):
        call(lambda x: (change(x), 1), inputs)


def test_call_passes_any_object():
    inputs = torch.Generator(), torch.nn.Linear(1, 1), len, torch.ones(1, requires_grad=True) * 2
    assert call(lambda *given: len(given), *inputs) == 4


def test_call_passes_the_inputs_themselves():
    x = torch.ones(3)
    assert call(lambda y: y, x) is x
    assert call(lambda y: (y.add_(1), None)[1], x, in_place=True) is None
    assert x.tolist() == [2, 2, 2]


@pytest.mark.parametrize("answer", [raising, lambda x: ..., lambda x: x if x is None else ...])
def test_call_knows_the_unfinished(answer):
    with pytest.raises(NotDone):
        call(answer, torch.ones(2))


def test_given_names_the_inputs():
    with (
        pytest.raises(
            Wrong, match=r"^for x = y\[::2\], size = 3, t = tensor\(\[1, 2\]\): too few$"
        ),
        given("x = y[::2]", size=3, t=torch.tensor([1, 2])),
    ):
        raise Wrong("too few")


NAN = float("nan")
T = torch.tensor


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (3, 3),
        (np.int64(3), 3),
        (0.1 + 0.2, 0.3),
        (1, 1.0),
        (10**400, 10**400),
        (NAN, NAN),
        (np.True_, True),
        ("a", "a"),
        (torch.Size([2, 3]), (2, 3)),
        ([1, (2.0, "x")], [1, (2.0, "x")]),
        ({"b": 2, "a": T(1)}, {"a": T(1), "b": 2}),
        (T([1.0, NAN]), T([1.0, NAN])),
        (T([True]), T([True])),
        (T([1.0], requires_grad=True), T([1.0])),
        (T([1.0]), torch.ones(1, device="meta")),
        (np.arange(3), np.arange(3)),
        (torch.float32, torch.float32),
        (None, None),
    ],
)
def test_equal_values(got, want):
    assert difference(got, want) is None


@pytest.mark.parametrize(
    ("got", "want", "message"),
    [
        (4, 3, "expected 3, got 4"),
        (True, 1, "expected a number (int), got a bool"),
        (3.0, 3, "expected a number (int), got a float"),
        (T(3), 3, "expected a number (int), got a tensor; `.item()` gives its number"),
        (1, True, "expected True or False, got an int"),
        (1.01, 1.0, "expected 1.0, got 1.01"),
        (torch.nested.nested_tensor([T([1.0])], layout=torch.jagged), T([1.0]),
         "expected an ordinary tensor, got a nested tensor"),
        ("3", 3, "expected a number (int), got a str"),
        ([1, 3], (1, 3), "expected a tuple, got a list"),
        ((1, 3), (3, 1), "expected (3, 1), got (1, 3)"),
        ((3,), (3, 1), "expected (3, 1), got (3,)"),
        ((3.0, 1), (3, 1), "at [0]: expected a number (int), got a float"),
        ({"a": T([1.0])}, {"a": T([1])}, "at ['a']: expected dtype torch.int64, got torch.float32"),
        ({"a": 1}, {"b": 1}, "expected {'b': 1}, got {'a': 1}"),
        (list(range(99)), [*range(98), 0], "at [98]: expected 0, got 98"),
        ([1], T([1]), "expected a tensor, got a list"),
        (T([[1]]), T([1]), "expected shape (1,), got (1, 1)"),
        (T([1.0]), T([1]), "expected dtype torch.int64, got torch.float32"),
        (T([1, 2]), T([1, 3]), "expected tensor([1, 3]), got tensor([1, 2])"),
        (torch.zeros(5, 5), torch.eye(5), "element [0, 0] should be 1.0, and is 0.0"),
        (T([1]), np.array([1]), "expected a NumPy array, got a tensor"),
        (
            torch.ones(2, device="meta"),
            torch.ones(2),
            "expected numbers, got a tensor on meta, which holds none",
        ),
        (T([0.1]), T([0.2]), "expected tensor([0.2]), got tensor([0.1])"),
        (T([0.1]).half(), T([1 / 3]).half(), "expected tensor([0.3333]), got tensor([0.1])"),
        (T([0.1]).bfloat16(), T([0.2]).bfloat16(), "expected tensor([0.2]), got tensor([0.1])"),
        (T([0.1j]), T([1 - 0.3j]), "expected tensor([(1.0-0.3j)]), got tensor([(0.0+0.1j)])"),
        (T([NAN]), T([-float("inf")]), "expected tensor([-inf]), got tensor([nan])"),
        (T([0.1] * 13), T([0.2] * 13), "element [0] should be 0.2, and is 0.1"),
        ([T([0.1])], [T([0.2])], "expected [tensor([0.2])], got [tensor([0.1])]"),
        (0.1 + 0.2, 1e-30, "expected 1e-30, got 0.3"),
        (np.float32(0.1), 0.2, "expected 0.2, got 0.1"),
        ((np.float64(0.1), 1), (0.2, 1), "expected (0.2, 1), got (0.1, 1)"),
        (T([1.0]).to_sparse(), T([1.0]),
         "expected an ordinary tensor, got one of the layout torch.sparse_coo"),
        (None, "a", "expected a str, got None"),
        ("b", "a", "expected 'a', got 'b'"),
    ],
)  # fmt: skip
def test_differences_in_words(got: Any, want: Any, message: str):
    assert difference(got, want) == message


def test_usual_mistakes_are_named():
    with pytest.raises(Wrong, match=r"^expected 3, got 4. One too many$"):
        expect_equal(4, 3, usual=[(2, "one too few"), (4, "one too many")], why="count again")
    with pytest.raises(Wrong, match=r"^expected 3, got 5. Count again$"):
        expect_equal(5, 3, usual=[(2, "one too few")], why="count again")
    with pytest.raises(Wrong, match=r"^expected 3, got 5$"):
        expect_equal(5, 3)
    expect_equal(3, 3, usual=[(3, "never said")])


def test_sharing_and_copying():
    x = torch.arange(6)
    assert checks.same_storage(x, x[2:])
    checks.expect_shares(x.view(2, 3).T, x)
    checks.expect_copies(x[[1, 2]], x)
    with pytest.raises(Wrong, match="you copied; the storage differs"):
        checks.expect_shares(x.clone(), x)
    with pytest.raises(Wrong, match="you returned a view; it shares the storage"):
        checks.expect_copies(x[1:], x)


def test_parts_may_be_a_tuple_or_a_list():
    assert checks.expect_parts([1, 2], "x", "y") == (1, 2)
    with pytest.raises(Wrong, match=r"^return 2 values, x and y; these are 3$"):
        checks.expect_parts((1, 2, 3), "x", "y")
    with pytest.raises(Wrong, match=r"^return 3 values, x, y and z; got a tensor$"):
        checks.expect_parts(torch.ones(3), "x", "y", "z")


def test_operations_are_watched():
    with Operations() as seen:
        torch.ones(3, 2).as_strided((2,), (1,))
    assert seen.names == ["ones", "as_strided"]
    assert seen.largest == 6


def comprehension(x):
    return [y for y in x]  # noqa: C416


def calls_a_loop(x):
    return computing(comprehension(x))


def spins(x):
    while x:
        x -= 1


@pytest.mark.parametrize(
    "answer",
    [comprehension, calls_a_loop, spins, lambda x: sum(y for y in x), lambda x: list(map(int, x)),
     partial(spins)],
)  # fmt: skip
def test_loops_are_found(answer):
    assert loops(answer)


@pytest.mark.parametrize("answer", [computing, constant, torch.sum, lambda x: x.sum(), int])
def test_functions_without_a_loop(answer):
    assert not loops(answer)


def test_memory_is_measured():
    with memory() as peak:
        bytes(3_000_000)
        assert 3_000_000 <= peak() < 3_100_000


def test_expected_types_shapes_and_dtypes():
    x = torch.ones(2, 3)
    assert checks.expect_tensor(x, shape=(2, 3), dtype=torch.float32) is x
    assert checks.expect_type("a", str) == "a"
    with pytest.raises(Wrong, match=r"expected shape \(3, 2\), got \(2, 3\)"):
        checks.expect_tensor(x, shape=(3, 2))
    with pytest.raises(Wrong, match=r"expected dtype torch.int64, got torch.float32"):
        checks.expect_tensor(x, dtype=torch.int64)
    with pytest.raises(Wrong, match="expected a list, got a tuple"):
        checks.expect_type((), list)


def test_check_loads_its_section_only(monkeypatch):
    for module in [name for name in sys.modules if name.startswith("d2lutils.checks.chapter_")]:
        monkeypatch.delitem(sys.modules, module)
    checks.find("02.3a")
    assert [name for name in sys.modules if "chapter_02.section" in name] == [
        "d2lutils.checks.chapter_02.section_03"
    ]
