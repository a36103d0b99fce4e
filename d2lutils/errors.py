"""The one exception that the book's utilities raise for what a reader can put right."""

from numbers import Integral


class BookError(RuntimeError):
    """An error whose message is one line that says what to do.

    IPython shows that line alone, without a traceback.
    """

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


def one_line(value: object, length: int = 120) -> str:
    """Return how a value, or the cause that an error tells, reads in a message of one line."""
    return f"{' '.join(str(value).split()):.{length}}"


def check_count(name: str, value: object, remedy: str = "") -> None:
    """Raise BookError unless an argument is a whole number from 1 on, Python's or NumPy's."""
    if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < 1:
        told = f"{name} takes a whole number from 1 on, not {one_line(repr(value), 50)}."
        raise BookError(told + remedy)
