"""A browser for tests: without one they are skipped, or fail where D2L_REQUIRE_BROWSER is set."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from publish import browser
from publish.npm import PublishError


def require_browser() -> str:
    """The browser's path; without one the test is skipped.

    Where D2L_REQUIRE_BROWSER is set, as in continuous integration, it fails.
    """
    try:
        return browser.executable_path()
    except PublishError as lacking:
        told = str(lacking)
    pytest.fail(told) if os.environ.get("D2L_REQUIRE_BROWSER") else pytest.skip(told)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without a window, where there is one."""
    require_browser()
    with browser.browsing() as opened:
        yield opened
