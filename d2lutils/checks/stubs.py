"""Whether an answer is still the stub."""

import dis
from types import FunctionType

from d2lutils.checks.explaining import raiser
from d2lutils.checks.watching import function_of


def is_stub(answer: object) -> bool:
    """Return whether an answer is `...`, holds one, or is a function with an empty body."""
    if answer is ...:
        return True
    if isinstance(answer, list | tuple):
        return any(is_stub(part) for part in answer)
    if isinstance(answer, dict):
        return any(is_stub(part) for part in answer.values())
    if not isinstance(answer, FunctionType):
        return False
    # An empty body compiles to nothing but the return of a constant, whatever the docstring.
    steps = [step for step in dis.get_instructions(answer) if step.opname not in ("RESUME", "NOP")]
    return all(
        step.opname in ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE") for step in steps
    ) and steps[0].argval in (None, ...)


def is_unfinished(error: BaseException, answer: object) -> bool:
    """Return whether this is the `raise NotImplementedError` of the answer itself, of a stub."""
    code = getattr(function_of(answer), "__code__", None)
    alone = error.__context__ is None and error.__cause__ is None
    return isinstance(error, NotImplementedError) and alone and raiser(error) is code is not None
