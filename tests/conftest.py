"""Fixtures that several test files share."""

import pytest


@pytest.fixture(scope="module")
def browser():
    """A browser without a window; where there is none, the test is skipped."""
    from tests.browser import browsing  # takes a second: few test files need it

    with browsing() as opened:
        yield opened


@pytest.fixture
def put(tmp_path):
    """Write a file and return its path."""

    def write(content, name="mine.csv"):
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write
