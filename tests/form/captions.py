"""The rule on captions: first what the figure shows us, then what there is to see."""

import re
from collections.abc import Iterator

from tests.form.reading import Page, prose
from tests.form.rules import Breach, rule

NUMBER = r"""(?:both|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen
    |\w+ty(?:-\w+)?|\d[\d,]*)"""
DRAWN = r"(?:axes|box(?:es)?|(?:panel|bar|dot|arrow|histogram|plot|chart|diagram|stripe)s?)"
# What tables, texts and tensors have as well: a number of them, or "a row of", is the picture's.
SHAPE = r"""(?:row|column|line|curve|point|grid|picture|plane|circle|square|triangle|rectangle
    |mark|ring|band|staircase|matrix|matrices)s?"""
SIDE = r"(?:left|right|middle|cent(?:er|re)|top|bottom)"
GEOMETRY = re.compile(
    rf"""
    (?: (?:above|below)(?:[,:;]|[ ](?:is|are|as|it|them|each|stands?|lies?)\b|[ ]the[ ]\w+,)
      | (?:upper|lower|top|bottom)[ ](?:left|right|row|panel|half|part|curve|line)s?\b
      | (?:\w+[ ])?from[ ]left[ ]to[ ]right\b | left[ ]and[ ]right\b
      | (?:on|at|in|to)[ ]the[ ](?:\w+[ ])?{SIDE}\b(?![ ]of)
      | in[ ]the[ ](?:first|second|third|last)(?:,|[ ](?:panel|picture|plot|row|column))
      | {SIDE}(?:[,:;.]|[ ](?:is|are|stands?|an?|the|one|two|three)\b)
      | (?:{NUMBER}|an?)[ ](?:[\w×°-]+,[ ])?(?:[\w×°-]+[ ])?{DRAWN}\b  # A tall, blue bar
      | {NUMBER}[ ](?:[\w×°-]+,[ ])?(?:[\w×°-]+[ ])?{SHAPE}\b  # Two falling curves
      | an?[ ](?:[\w×°-]+[ ])?(?:(?:row|column|line|band|grid|matrix)[ ]of|grid|matrix|ring)\b
      | (?:(?:axes|boxes|panels|bars|dots|arrows|histograms)\b|(?:rows|columns|lines|curves)[ ]of)
      | the[ ](?:[\w'’-]+[ ])?(?:ax[ei]s|panels?|box(?:es)?|bars?)\b|the[ ][\w'’-]+[ ]row:
      | the[ ](?:upper|lower|{SIDE})[ ](?:row|column|half|part|side|curve|line|one)s?\b
      | [^.,:;]{{2,45}}[ ]against[ ]  # Loss against epoch
      | [^.;:]{{3,50}},[ ](?:a|one|two)[ ](?:{DRAWN}|{SHAPE})[ ](?:each|an?|for)\b
      | [^.;:]{{3,50}}[ ](?:twice|three[ ]times)[.:,]  # The same table twice
      | [^.;:]{{2,50}}[ ]as[ ](?:{NUMBER}[ ]|an?[ ])?(?:\w+[ ])?(?:bar|dot|picture|panel)s?\b
      | [^.;:]{{2,50}}[ ]{SHAPE}[ ]of[ ](?:boxes|bars|dots|pictures)\b
      | [^.;:]{{2,40}}[ ]above,[ ][^.;:]{{2,40}}[ ]below\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


@rule
def captions_say_first_what_is_shown(page: Page) -> Iterator[Breach]:
    for i, cell in page.markdown:
        caption = re.match(r"\*\*Figure \d+\.\*\*\s+(.+)", prose(cell.source), re.DOTALL)
        text = re.sub(r"[*_`]", "", caption[1]).replace("\n", " ") if caption else ""
        if found := GEOMETRY.match(text):
            yield i, f"say first what the figure shows us, then what is seen ({found[0].strip()} …)"
