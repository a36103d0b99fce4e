"""What the tests of `d2l.data`'s readers share."""

import pytest

import d2lutils as d2l


def refusal(read, *arguments, **options):
    """Return the one line that a reader says, which names the file."""
    with pytest.raises(d2l.BookError) as caught:
        read(*arguments, **options)
    said = str(caught.value)
    assert "\n" not in said
    assert str(arguments[0]) in said
    return said
