"""Fixtures that several test files share."""

import pytest


@pytest.fixture
def put(tmp_path):
    """Write a file and return its path."""

    def write(content, name="mine.csv"):
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write
