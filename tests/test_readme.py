"""The README's links lead to notebooks and to headings that are there."""

import re
from urllib.parse import unquote

from publish.reading import ROOT, plain, questions, read

LINK = re.compile(r"\]\((chapters/[^)#]+\.ipynb)(?:#([^)]+))?\)")
README = (ROOT / "README.md").read_text("utf-8")


def test_each_link_leads_to_a_heading() -> None:
    links = LINK.findall(README)
    assert len([anchor for _, anchor in links if anchor]) >= 50
    for path, anchor in links:
        assert (ROOT / path).is_file(), path
        if anchor:
            headings = {plain(cell.heading).replace(" ", "-") for cell in read(ROOT / path).cells}
            assert unquote(anchor) in headings, (path, anchor)


def test_fifty_questions_are_answered_once_each() -> None:
    asked = re.findall(r"^\| ([^|]+) \| \[", questions(), re.MULTILINE)
    assert len(asked) == len(set(asked)) == 50
