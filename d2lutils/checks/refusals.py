"""An answer that should refuse its input by a ValueError."""

from collections.abc import Callable
from typing import TypeVar

from d2lutils.checks.expecting import Wrong
from d2lutils.checks.explaining import explain, is_interrupt

T = TypeVar("T")


def refusal_of(run: Callable[[], T], told: str) -> tuple[ValueError | None, T | None]:
    """Return the ValueError that a call raises, or None, and what the call returns.

    Args:
        run: the call, without arguments.
        told: what was expected and who raised, the beginning of the message of another error.

    Raises Wrong where the call raises another error.
    """
    try:
        return None, run()
    except ValueError as error:
        return error, None
    except BaseException as error:
        if is_interrupt(error):
            raise
        raise Wrong(f"{told} raised {explain(error)}") from error
