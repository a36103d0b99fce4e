"""What the lab folds away in a Markdown cell, and the sentences that speak of it."""

import re

FOLDED = re.compile(r"\n*<details><summary>(?P<title>.*?)</summary>.*?</details>", re.DOTALL)
PROMISE = re.compile(
    r" ?A solution follows(?: each exercise)?, folded away\."
    r"(?: Click the bar or the dots where it hides, and it opens\.)?"
)
CLICK = re.compile(
    r" ?Code that only draws is folded; a click opens it\."
    r"| How `show` works you need not know yet, so its code is folded\. Click its bar[^.]*\."
    r"| Click the bar\b[^.]*\."
)
KEPT = "Hint"  # the one thing folded that is no solution


def without_solutions(markdown: str) -> str:
    """The text without what is folded in it, hints apart, and without a word that promises it."""
    return PROMISE.sub("", FOLDED.sub(_hint, markdown)).strip()


def without_clicks(markdown: str) -> str:
    """The text where there is nothing to click: it does not say how a folded cell opens."""
    return CLICK.sub("", markdown)


def _hint(folded: re.Match[str]) -> str:
    return folded[0] if folded["title"] == KEPT else ""
