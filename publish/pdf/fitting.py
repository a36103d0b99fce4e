"""What a browser does not do by itself to bring text onto pages."""

import html
import re

TAG = re.compile(r"<[^>]*>")
TEXT = re.compile(r"<(p|li)>(.*?)(?=</\1>|<[ou]l>)", re.DOTALL)
SHORT = 370  # letters of a text that is not divided: a browser may leave its last line alone
OUTPUT = re.compile(r'(<div class="jp-RenderedText[^>]*>\s*)<pre>(.*?)</pre>', re.DOTALL)
COLUMNS, POINTS = 94, 8.2  # so many fit on a line in the usual size


def fitted(body: str) -> str:
    """A section whose short texts are not divided, and whose wide outputs fit the page."""
    text = re.sub(r'<span class="[np]">([^<]*)</span>', r"\1", body)  # these have no colour
    return OUTPUT.sub(_narrowed, TEXT.sub(_whole, text))


def _whole(found: re.Match[str]) -> str:
    length = len(html.unescape(TAG.sub("", found[2])))
    return f'<{found[1]} class="short">{found[2]}' if length <= SHORT else found[0]


def _narrowed(found: re.Match[str]) -> str:
    """A table printed as text that is a little too wide for the page, in smaller letters."""
    longest = max(len(line) for line in html.unescape(TAG.sub("", found[2])).split("\n"))
    if not COLUMNS < longest <= 1.26 * COLUMNS:
        return found[0]
    return f'{found[1]}<pre style="font-size: {POINTS * COLUMNS / longest:.2f}pt">{found[2]}</pre>'
