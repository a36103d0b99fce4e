"""What an error that an answer raises means, in one line."""

import dis
import linecache
import signal
import sysconfig
from asyncio import CancelledError
from pathlib import Path
from types import CodeType, TracebackType

from d2lutils.checks.showing import cause
from d2lutils.checks.watching import function_of

# Parts of messages, in small letters, that say more than the type; the first that fits counts.
_MESSAGES = [
    ("takes no arguments", "the check calls it with the arguments that the stub has"),
    ("positional argument", "compare what the call hands over with what `def` takes"),
    ("unexpected keyword", "the function called has no argument of that name"),
    ("invalid combination of arguments", "the types or the number of the arguments do not fit"),
    ("converted to scalar", "this asks a tensor of several numbers for one number"),
    ("infer dtype", "`torch.tensor` takes numbers and lists of them"),
    ("expected sequence of length", "the lists are of different lengths"),
    ("could not determine the shape", "make a plain list or array of it first"),
    ("does not require grad", "it is cut off from the leaf: by `no_grad`, or a leaf made anew?"),
    ("graph a second time", "a walk back freed the graph: keep it, or compute the result anew"),
    ("to return a scalar tensor", "`grad` wants a single number: let the function `sum` its own"),
    ("and 'nonetype'", "one is None: an argument, or a `.grad` before `backward` or once cleared"),
    ("negative strides", "the array runs backwards; copy it first"),
    ("stride in the given numpy", "the array runs backwards; copy it first"),
    ("arg is an empty sequence", "`min` or `max` found nothing to choose from"),
    ("argument is empty", "`min` or `max` found nothing to choose from"),
    ("view size is not compatible", "the tensor is not contiguous; `reshape` copies if need be"),
    ("equal size", "these tensors must be of one shape"),
    ("must have the same number of dim", "give both the same number of dimensions"),
    ("expected size for", "the shapes do not fit each other"),
    ("scalartype bfloat16", "NumPy has no bfloat16"),
    ("codec can't", "the encoding has no such letters or bytes"),
    ("(char ", "this text is no JSON"),
    ("not subscriptable", "`[…]` stands behind something that has no parts"),
    ("not callable", "`(…)` stands behind something that is no function"),
    ("not iterable", "`for` and `in` cannot walk through it"),
    ("can't be used in a python", "a tensor on meta has a shape and no numbers"),
    ("meta tensor", "a tensor on meta has a shape and no numbers to read"),
    (
        '"bitwise_',
        "`&` and `|` want masks or integers, and bind before `>=`: put each comparison in "
        "parentheses",
    ),
    ("not implemented for", "PyTorch has no such operation for this dtype; convert first"),
    ("must match the size", "the shapes do not broadcast: compare them from the right"),
    ("shapes cannot be multiplied", "the columns of the first must be the rows of the second"),
    ("same device", "move the tensors to one device first"),
    ("only one element", "this asks a tensor of several numbers for one number"),
    ("any value and is ambiguous", "with no elements, PyTorch cannot work out what -1 stands for"),
    (
        "is ambiguous",
        "`if`, `and`, `or`, `not`, and `in` with a list of tensors, ask for one truth value, "
        "and here are several",
    ),
    ("is invalid for input of size", "the new shape has another number of elements"),
    ("number of dimensions in the tensor", "the tensor has fewer or more dimensions than that"),
    ("dimension out of range", "the tensor has fewer dimensions than that"),
    ("shape mismatch: indexing", "lists side by side pick pairs: they must be of one length"),
    ("shape of the mask", "a mask needs an answer for each place that it asks"),
    ("too many indices", "the index has more entries than there are dimensions"),
    ("tensors used as indices", "an index holds whole numbers (int64), or is a mask (bool)"),
    ("can't convert", "PyTorch cannot make the one type of the other"),
    ("expected scalar type", "the dtypes do not fit each other; convert one"),
    ("same dtype", "the dtypes do not fit each other; convert one"),
]
# By type; of an error's own type and those it derives from, the first that stands here counts.
_TYPES: dict[type[BaseException], str] = {
    ModuleNotFoundError: "this package is not installed here",
    ImportError: "the module has nothing of that name",
    UnboundLocalError: "the variable is read before it has a value in the function",
    NameError: "no cell that ran gave this name a value; is it spelled right?",
    UnicodeError: "the encoding has no such letters or bytes",
    KeyError: "the dictionary has no such key",
    IndexError: "there is no element at that place",
    AttributeError: "what stands before the dot has nothing of that name",
    TypeError: "an operation met a type that it does not take",
    ZeroDivisionError: "what stands below the fraction bar is 0",
    OverflowError: "the number does not fit into its type",
    ValueError: "the type is right, but not the value",
    FileNotFoundError: "there is no file of that name",
    OSError: "the file cannot be used so",
    MemoryError: "it asks for more memory than there is",
    RecursionError: "the function calls itself without an end",
    NotImplementedError: "PyTorch or a function that you call cannot do this, or not yet",
    RuntimeError: "PyTorch refuses this; read its message",
    AssertionError: "an `assert` did not hold",
    StopIteration: "`next` was called where nothing was left",
    SystemExit: "this ends the whole program; `return` a result instead",
    KeyboardInterrupt: "your code raised it, nobody pressed a key",
    CancelledError: "a task was stopped before it had a result",
    GeneratorExit: "a generator was closed before it was done",
    Exception: "the function must return a result on this input",
}

# Where code lies that no reader wrote: this package, the standard library, what is installed.
_FOREIGN = (
    str(Path(__file__).parents[1]),
    *(sysconfig.get_path(name) for name in ("stdlib", "platlib", "purelib")),
    "<frozen",
)


def explain(error: BaseException) -> str:
    """Return the type and the message of an error, where it was raised, and what it means."""
    return f"{cause(error).rstrip('.!')}{_place(error)}. {meaning(error)}"


def meaning(error: BaseException) -> str:
    """Return what an error means, as a sentence without its full stop."""
    message = str(error).lower()
    told = [hint for part, hint in _MESSAGES if part in message]
    told += [_TYPES[cls] for cls in type(error).__mro__ if cls in _TYPES]
    hint = told[0] if told else _TYPES[Exception]
    return f"{hint[0].upper()}{hint[1:]}"


def is_interrupt(error: BaseException) -> bool:
    """Return whether the reader pressed Ctrl-C (or the kernel's stop button).

    The rule: Python raises that error between two steps of whatever runs, and no `raise`
    statement does, but one in the handler of the signal. Where another `raise` did, the error is
    the answer's own.
    """
    handler = getattr(function_of(signal.getsignal(signal.SIGINT)), "__code__", None)
    return isinstance(error, KeyboardInterrupt) and raiser(error) in (None, handler)


def raiser(error: BaseException) -> CodeType | None:
    """Return the code whose `raise` statement raised an error; None where something else did."""
    found = _innermost(error)
    if found is None:
        return None
    code = found.tb_frame.f_code
    for step in dis.get_instructions(code):
        if step.offset == found.tb_lasti:
            return code if step.opname == "RAISE_VARARGS" else None
    return None


def _innermost(error: BaseException) -> TracebackType | None:
    found = error.__traceback__
    while found is not None and found.tb_next is not None:
        found = found.tb_next
    return found


def _place(error: BaseException) -> str:
    """Return the line of the reader's own code that raised, or that called what raised."""
    at, line = error.__traceback__, ""
    while at is not None:
        file = at.tb_frame.f_code.co_filename
        if not file.startswith(_FOREIGN):
            line = linecache.getline(file, at.tb_lineno).strip()
        elif line:
            break
        at = at.tb_next
    return f", at `{line}`" if 0 < len(line) <= 60 else ""
