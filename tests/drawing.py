"""What the tests of pictures share: a canvas to draw on, and how a drawing is refused."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

import d2lutils as d2l


@pytest.fixture(autouse=True)
def canvas():
    """Draw on no screen, and leave matplotlib as it was."""
    plt.switch_backend("agg")
    with mpl.rc_context():
        d2l.plot.style()
        yield
        plt.close("all")


def refused(message, draw, *arguments, **options):
    """One line that has the message, and no figure left behind."""
    plt.close("all")
    with pytest.raises(d2l.BookError, match=message) as caught:
        draw(*arguments, **options)
    assert "\n" not in str(caught.value)
    assert not plt.get_fignums()
