"""Compares a cell's saved outputs with new ones: texts and figures as numbers, errors by type.

Each function returns what differs, as lines for people; nothing means equal.
"""

import base64
import io
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

FIGURE = "application/vnd.d2l.figure+json"
CHECK = "application/vnd.d2l.check+json"
WIDGET = "application/vnd.jupyter.widget-view+json"  # holds a random id
RTOL = 1e-3
ENOUGH_DIGITS = 4  # with so many, one unit of the last digit is forgiven
WINDOW = 92  # of a long line so many characters are shown

Data = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """How closely a cell's outputs must agree."""

    rtol: float = RTOL
    exact: bool = False
    phrase: str | None = None


# --- texts ---------------------------------------------------------------------------------------

DEVICE = r"(?:cuda|mps|xpu|cpu)(?::\d+)?"
TOKEN = re.compile(
    rf"""
    (?P<suffix>,\s*device='{DEVICE}'|(?<=torch\.)cuda\.(?=[A-Z]))
  | (?P<device>device\(type='(?:cuda|mps|xpu|cpu)'(?:,\ index=\d+)?\)|(?<!\w){DEVICE}(?!\w))
  | (?P<number>
      (?: (?<![\w.)\]])[-] | [-+](?=(?:\d+\.?\d*(?:e[-+]?\d+)?)j) )?  # a sign, not a minus
      (?: \d+\.?\d* | (?<![\w.])\.\d+ ) (?:[eE][-+]?\d+)? )
  | (?P<word>[^\W\d]\w*)
  | (?P<space>\s+)
  | (?P<mark>.)
    """,
    re.VERBOSE,
)
OPENING, CLOSING = "([{", ")]}"


@dataclass
class Token:
    """A piece of printed text; `group` is what the numbers of one printed tensor share."""

    kind: str
    text: str
    start: int
    group: "Group | None" = None

    @property
    def is_float(self) -> bool:
        return self.kind == "number" and not self.text.lstrip("-+").isdigit()


@dataclass
class Group:
    """The numbers of one printed tensor or array: they are printed with the same decimals."""

    numbers: list[str] = field(default_factory=list)

    @property
    def decimals(self) -> int:
        return max((_decimals(number) for number in self.numbers), default=0)

    @property
    def is_precise(self) -> bool:
        """Whether some number shows enough digits, not all of them before the point."""
        return any(_digits(text) >= ENOUGH_DIGITS and _decimals(text) for text in self.numbers)


def _decimals(number: str) -> int:
    return len(re.split("[eE]", number)[0].partition(".")[2])


def _digits(number: str) -> int:
    """How many significant digits are printed."""
    return len(re.split("[eE]", number)[0].lstrip("-+").replace(".", "").lstrip("0"))


def _exponent(number: str) -> int:
    return int(re.split("[eE]", number)[1]) if "e" in number.lower() else 0


def tokens(text: str, exact: bool = False) -> list[Token]:
    """The pieces of a text, without what is not compared: padding, wrapping, device suffixes."""
    found = [Token(str(match.lastgroup), match[0], match.start()) for match in TOKEN.finditer(text)]
    if not exact:
        found = [token for token in found if token.kind != "suffix"]
    for first, last in _arrays(found):
        group = Group()
        for token in found[first : last + 1]:
            token.group = group
            if token.is_float:
                group.numbers.append(token.text)
    kept: list[Token] = []
    for token in found:
        if token.kind != "space":
            kept.append(token)
        elif token.group is None and kept:  # inside a tensor white space means nothing
            kept.append(Token("space", "\n" if "\n" in token.text else " ", token.start))
    while kept and kept[-1].kind == "space":
        kept.pop()
    return kept


def _arrays(found: list[Token]) -> Iterator[tuple[int, int]]:
    """Where printed tensors and arrays begin and end: `tensor(...)`, `array(...)`, `[1. 2.]`."""
    closing = _closing(found)
    position = 0
    while position < len(found):
        token = found[position]
        named = token.text in ("tensor", "array") and _text_at(found, position + 1) == "("
        if named or token.text == "[":
            last = closing.get(position + named, 0)
            inside = found[position : last + 1]
            # A Python list has commas; its numbers do not share their decimals.
            if last and (named or not any(part.text == "," for part in inside)):
                yield position, last
                position = last
        position += 1


def _text_at(found: list[Token], position: int) -> str:
    return found[position].text if position < len(found) else ""


def _closing(found: list[Token]) -> dict[int, int]:
    """For the place of each bracket that is closed, the place of the one that closes it."""
    places: dict[int, int] = {}
    opened: list[int] = []
    for place, token in enumerate(found):
        if token.text in OPENING:
            opened.append(place)
        elif token.text in CLOSING and opened:
            places[opened.pop()] = place
    return places


def _is_beyond(number: str, value: float) -> bool:
    """Whether a printed number is too large or too small for a float to tell it from others."""
    digits = re.split("[eE]", number)[0]
    return math.isinf(value) or (value == 0 and digits.strip("-+0.") != "")


def _same(saved: Token, new: Token, rules: Rules) -> bool:
    if saved.kind != new.kind:
        return False
    if rules.exact or saved.text == new.text:
        return saved.text == new.text
    if saved.kind == "device":
        return True
    if not (saved.is_float and new.is_float):
        return False
    a, b = float(saved.text), float(new.text)
    if _is_beyond(saved.text, a) or _is_beyond(new.text, b):
        return False
    apart = abs(a - b)
    if apart <= rules.rtol * max(abs(a), abs(b)):
        return True
    groups = [token.group or Group([token.text]) for token in (saved, new)]
    if not any(group.is_precise for group in groups):
        return False
    decimals = max(group.decimals for group in groups)
    unit = 10.0 ** (min(_exponent(saved.text), _exponent(new.text)) - decimals)
    return apart <= unit * (1 + 1e-6)


def text_differences(saved: str, new: str, rules: Rules) -> list[str]:
    """The first lines of two texts that differ, one above the other, what differs marked."""
    old_tokens, new_tokens = tokens(saved, rules.exact), tokens(new, rules.exact)
    pairs = list(zip(old_tokens, new_tokens, strict=False))
    wrong = [place for place, pair in enumerate(pairs) if not _same(*pair, rules)]
    if not wrong:
        if len(old_tokens) == len(new_tokens):
            return []
        wrong = [len(pairs)]
    return _marked("saved", saved, old_tokens, wrong) + _marked("new", new, new_tokens, wrong)


def _marked(name: str, text: str, found: list[Token], wrong: list[int]) -> list[str]:
    """The line with the first wrong token, and a line of marks under all wrong ones in it."""
    if wrong[0] >= len(found):
        return [f"  {name:5} (ends here)"]
    first = found[wrong[0]].start
    begin = text.rfind("\n", 0, first) + 1
    end = text.find("\n", first)
    line = text[begin : end if end >= 0 else len(text)]
    marks = [" "] * (len(line) + 1)
    for place in wrong:
        if place < len(found) and begin <= found[place].start < begin + len(line) + 1:
            at, width = found[place].start - begin, max(len(found[place].text), 1)
            marks[at : at + width] = "^" * len(marks[at : at + width])
    cut = max(0, first - begin - WINDOW // 2) if len(line) > WINDOW else 0
    shown, under = line[cut : cut + WINDOW], "".join(marks)[cut : cut + WINDOW]
    return [f"  {name:5} {shown}".rstrip(), f"  {'':5} {under}".rstrip()]


# --- figures -------------------------------------------------------------------------------------

TEXT_RTOL = 0.05
SIZE_RTOL = 0.02  # a cropped picture's size depends on its letters
COLOR_STEP = 3  # of 255: versions round the colours of a colour map differently


def figure_differences(saved: Data, new: Data, rules: Rules) -> list[str]:
    """What two figures show differently; numbers are measured against their axis' length."""
    if saved.get("form") != new.get("form"):
        return ["  the saved data have another form: make execute renews them"]
    if saved["size"] != new["size"]:
        return [f"  size: saved {saved['size']} pixels, new {new['size']}"]
    if len(saved["axes"]) != len(new["axes"]):
        return [f"  axes: saved {len(saved['axes'])}, new {len(new['axes'])}"]
    found = _matched(_artists(saved), _artists(new), {}, rules)
    text = saved.get("text", new["text"])  # older data have none
    if not _near(text, new["text"], Ruler(0, text or 0, TEXT_RTOL)):
        found.append(_line("height of the smallest text", text, new["text"]))
    for number, (old, now) in enumerate(zip(saved["axes"], new["axes"], strict=True), start=1):
        found += [f"axes {number}: {line}" for line in _axes_differences(old, now, rules)]
    return [f"  {line}" for line in found]


def _axes_differences(saved: Data, new: Data, rules: Rules) -> list[str]:
    found = _unequal(saved, new, ("title", "projection", "frame"), rules)
    for key in ("view", "aspect"):
        if not _near(saved.get(key), new.get(key), Ruler(0, 1, rules.rtol)):
            found.append(_line(key, saved.get(key, "auto"), new.get(key, "auto")))
    for name in ("x", "y", "z"):
        if name in saved and name in new:
            found += _axis_differences(name, saved[name], new[name], rules)
    return found + _matched(_artists(saved), _artists(new), saved, rules)


def _artists(side: Data) -> list[Data]:
    return [json.loads(line) for line in side["artists"]]


def _axis_differences(name: str, saved: Data, new: Data, rules: Rules) -> list[str]:
    found = [f"{name} {line}" for line in _unequal(saved, new, ("label", "scale"), rules)]
    loosely = _along(saved, 10 * rules.rtol)  # automatic limits move with what they enclose
    for key, ruler in (("limits", loosely), ("ticks", _along(saved, rules.rtol))):
        if not _near(saved.get(key), new.get(key), ruler):
            found.append(_line(f"{name} {key}", saved.get(key), new.get(key)))
    key = "tick labels"
    return found + [f"{name} {line}" for line in _unequal(saved, new, (key,), rules)]


def _unequal(saved: Data, new: Data, keys: Iterable[str], rules: Rules) -> list[str]:
    """Those of the keys whose texts differ."""
    return [
        _line(key, saved.get(key), new.get(key))
        for key in keys
        if text_differences(str(saved.get(key, "")), str(new.get(key, "")), rules)
    ]


def _line(what: str, saved: Any, new: Any) -> str:
    return f"{what}: saved {saved!r:.150}, new {new!r:.150}"


def _matched(saved: list[Data], new: list[Data], axes: Data, rules: Rules) -> list[str]:
    """The artists of one side that have no equal on the other; their order is no matter."""
    partner: dict[int, int] = {}  # of a new artist, the saved one

    def place(i: int, tried: set[int]) -> bool:
        for j in (i, *range(i), *range(i + 1, len(new))):  # the order is usually kept
            if j >= len(new) or j in tried:
                continue
            if not _artist_differences(saved[i], new[j], axes, rules):
                tried.add(j)
                if j not in partner or place(partner[j], tried):
                    partner[j] = i
                    return True
        return False

    lost = [saved[i] for i in range(len(saved)) if not place(i, set())]
    extra = [new[j] for j in range(len(new)) if j not in partner]
    return list(_told(lost, extra, axes, rules))


def _told(lost: list[Data], extra: list[Data], axes: Data, rules: Rules) -> Iterator[str]:
    for artist in lost:
        like = [other for other in extra if other["is"] == artist["is"]]
        if not like:
            yield f"missing: {_name(artist)}"
            continue
        found = [_artist_differences(artist, other, axes, rules) for other in like]
        nearest = min(range(len(like)), key=lambda place: len(found[place]))
        extra.remove(like[nearest])
        yield from (f"{_name(artist)}: {line}" for line in found[nearest])
    for artist in extra:
        yield f"not in the saved figure: {_name(artist)}"


def _name(artist: Data) -> str:
    called = artist.get("label") or artist.get("text")
    color = artist.get("color")
    words = [artist["is"], repr(called) if called else "", color if isinstance(color, str) else ""]
    return " ".join(filter(None, words))


def _artist_differences(saved: Data, new: Data, axes: Data, rules: Rules) -> list[str]:
    if saved["is"] != new["is"]:
        return [_line("class", saved["is"], new["is"])]
    found: list[str] = []
    for key in {**saved, **new}:
        old, now = saved.get(key), new.get(key)
        if old is None or now is None:
            same = False
        elif key == "parts":
            found += _matched(old, now, axes, rules)
            continue
        elif key == "inset":
            found += _axes_differences(old, now, rules)
            continue
        elif key == "at":
            found += _places_differ(old, now, axes, rules)
            continue
        elif key in ("color", "edge", "cmap"):
            same = _colors_near(old, now)
        elif key in ("values", "sizes", "clim"):
            same = _near(old, now, _own(old, rules.rtol))
        elif key == "channels":
            pairs = zip(old, now, strict=False)
            same = len(old) == len(now) and all(_near(a, b, _own(a, rules.rtol)) for a, b in pairs)
        else:
            same = not text_differences(str(old), str(now), rules)
        if not same:
            found.append(_line(key, old, now))
    return found


def _places_differ(saved: list[Data], new: list[Data], axes: Data, rules: Rules) -> list[str]:
    if [place["in"] for place in saved] != [place["in"] for place in new]:
        return [_line("coordinates", saved, new)]
    found = []
    for old, now in zip(saved, new, strict=True):
        for name in ("x", "y"):
            # In three dimensions the places are those of the projection, not of the axes.
            inside = name in old["in"] and name in axes and axes.get("projection") != "3d"
            ruler = _along(axes[name], rules.rtol) if inside else _own(old[name], rules.rtol)
            if not _near(old[name], now[name], ruler):
                found.append(_line(name, old[name], now[name]))
    return found


@dataclass(frozen=True)
class Ruler:
    """How far apart two numbers may lie: `rtol` of the length that they are seen against."""

    low: float
    high: float
    rtol: float
    log: bool = False

    def close(self, a: float, b: float) -> bool:
        largest = max(abs(a), abs(b))
        if self.log and self.low > 0:
            return abs(a - b) <= self.rtol * max(math.log(self.high / self.low), 1.0) * largest
        middle = (self.low + self.high) / 2
        length = max(self.high - self.low, abs(a - middle), abs(b - middle))
        length = min(length, sys.float_info.max)
        return abs(a - b) <= self.rtol * length + 1e-7 * largest  # 1e-7: the data are rounded

    def spread(self) -> "Ruler":
        """The same length for differences, which lie about zero."""
        half = (self.high - self.low) / 2
        return self if self.log else Ruler(-half, half, self.rtol)


def _along(axis: Data, rtol: float) -> Ruler:
    low, high = sorted(axis["limits"])
    return Ruler(low, high, rtol, log=axis["scale"] == "log")


def _own(numbers: Any, rtol: float) -> Ruler:
    """For numbers that belong to no axis: their own range, and not less than their rounding."""
    ends = numbers if isinstance(numbers, list) else [numbers.get("min", 0), numbers.get("max", 0)]
    finite = [number for number in ends if not isinstance(number, str)] or [0.0]
    low, high = min(finite), max(finite)
    size = max(abs(low), abs(high))
    if len(finite) == 1:
        return Ruler(0.0, size, rtol)
    return Ruler(low, max(high, low + rtol * size), rtol)


def _near(saved: Any, new: Any, ruler: Ruler) -> bool:
    if isinstance(saved, dict) and isinstance(new, dict):
        counts = all(saved.get(key) == new.get(key) for key in ("n", "finite"))
        close = all(
            _near(saved.get(key), new.get(key), ruler) for key in ("min", "max", "mean", "some")
        )
        return counts and close and _near(_deviation(saved), _deviation(new), ruler.spread())
    if isinstance(saved, list) and isinstance(new, list):
        return len(saved) == len(new) and all(
            _near(a, b, ruler) for a, b in zip(saved, new, strict=True)
        )
    if isinstance(saved, int | float) and isinstance(new, int | float):
        return ruler.close(saved, new)
    return bool(saved == new)


def _deviation(numbers: Data) -> Any:
    """The standard deviation; 0.0 where it is no more than the rounding of equal numbers."""
    found = [numbers.get(key) for key in ("std", "min", "max")]
    if not all(isinstance(number, int | float) for number in found):
        return found[0]
    std, low, high = found
    return 0.0 if std <= 1e-7 * max(abs(low), abs(high)) else std


def _colors_near(saved: Any, new: Any) -> bool:
    if isinstance(saved, dict) and isinstance(new, dict):
        if saved["n"] != new["n"]:
            return False
        old, now = ([side["mean"], *side["some"]] for side in (saved, new))
        return all(_colors_near(a, b) for a, b in zip(old, now, strict=True))
    if saved == new:
        return True
    if not all(isinstance(side, str) and side.startswith("#") for side in (saved, new)):
        return False
    channels = zip(bytes.fromhex(saved[1:]), bytes.fromhex(new[1:]), strict=True)
    return all(abs(a - b) <= COLOR_STEP for a, b in channels)


# --- outputs and cells ---------------------------------------------------------------------------


def tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", []))


def rules_for(cell: Any, notebook_metadata: Data, rtol: float) -> Rules:
    """The rules of one cell: its own metadata, then the notebook's, then the default."""
    own = cell.metadata.get("d2l", {})
    chosen = own.get("rtol", notebook_metadata.get("d2l", {}).get("rtol", rtol))
    return Rules(rtol=chosen, exact="exact" in tags(cell), phrase=own.get("phrase"))


def cell_differences(cell: Any, new: list[Any], rules: Rules, compared: bool = True) -> list[str]:
    """What is wrong with the outputs that a cell now has, in view of those that it has saved."""
    marks = tags(cell)
    if "raises-exception" in marks:
        if not any(output["output_type"] == "error" for output in new):
            saved = [o["ename"] for o in cell.outputs if o["output_type"] == "error"]
            return [f"It must raise {' or '.join(saved) or 'an exception'}, and does not."]
    elif complaint := _stream(new, "stderr").strip():
        return ["It warns, or writes to stderr:", *_indented(complaint)]
    if "solution" in marks and not _passes([], new):
        return ["Its check does not pass.", *_indented(_said(new))]
    if not compared or ("exercise" in marks and _passes(cell.outputs, new)):
        return []
    return output_differences(cell.outputs, new, rules)


def _passes(saved: list[Any], new: list[Any]) -> bool:
    """Whether all checks pass, those among them that the saved outputs name."""
    names = {check["check"] for check in _checks(saved)}
    passed = {check["check"]: check["passed"] is True for check in _checks(new)}
    return bool(passed) and all(passed.values()) and names <= passed.keys()


def _checks(outputs: list[Any]) -> list[Data]:
    return [output["data"][CHECK] for output in outputs if CHECK in output.get("data", {})]


def _said(outputs: list[Any]) -> str:
    texts = [o["data"].get("text/plain", "") for o in outputs if CHECK in o.get("data", {})]
    return "\n".join(texts) or "It calls no d2l.check."


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()[:12]]


def _stream(outputs: list[Any], name: str) -> str:
    """All that was printed to a stream: where it is cut into messages is chance."""
    streams = [output for output in outputs if output["output_type"] == "stream"]
    return "".join(stream["text"] for stream in streams if stream["name"] == name)


def output_differences(saved: list[Any], new: list[Any], rules: Rules) -> list[str]:
    """What differs between the saved and the new outputs of a cell; stderr is left out."""
    found: list[str] = []
    old_text, new_text = _stream(saved, "stdout"), _stream(new, "stdout")
    if lines := text_differences(old_text, new_text, rules):
        found += ["Printed text differs:", *lines]
    old, now = ([o for o in side if o["output_type"] != "stream"] for side in (saved, new))
    if len(old) != len(now):
        return [*found, "Outputs:", f"  saved {_listed(old)}", f"  new   {_listed(now)}"]
    for number, pair in enumerate(zip(old, now, strict=True), start=1):
        lines = _output_differs(*pair, rules)
        if lines:
            found += [f"Output {number} ({_listed([pair[0]])}) differs:", *lines]
    return found


def _listed(outputs: list[Any]) -> str:
    return ", ".join(_kind(output) for output in outputs) or "none"


def _kind(output: Any) -> str:
    if output["output_type"] == "error":
        return str(output["ename"])
    data = output["data"]
    if any(mime.startswith("image/") for mime in data):
        return "figure" if FIGURE in data else "picture"
    return "table" if "text/html" in data else f"text {_body(data, 'text/plain')!r:.40}"


def _body(data: Data, mime: str) -> Any:
    body = data.get(mime, "")
    return "".join(body) if isinstance(body, list) else body


def _output_differs(saved: Any, new: Any, rules: Rules) -> list[str]:
    errors = [output["output_type"] == "error" for output in (saved, new)]
    if all(errors):
        return _error_differs(saved, new, rules)
    if any(errors):
        return [f"  {_line('kind', _kind(saved), _kind(new))}"]
    old, now = saved["data"], new["data"]
    # A reader's own run adds no private data, so only their absence from the new ones is wrong.
    if absent := sorted(old.keys() - now.keys() - {WIDGET}):
        return [f"  missing: {', '.join(absent)}"]
    if added := sorted(now.keys() - old.keys() - {WIDGET, FIGURE, CHECK}):
        return [f"  not saved: {', '.join(added)}"]
    for mime in (FIGURE, *(mime for mime in old if mime not in (FIGURE, WIDGET))):
        if mime in old and (lines := _differ(mime)(_body(old, mime), _body(now, mime), rules)):
            return [f"  {mime}", *lines] if mime != "text/plain" else lines
    if FIGURE in now and "image/png" in now and _picture(now["image/png"]).blank:
        return ["  the new figure is blank"]
    return []


def _differ(mime: str) -> Callable[[Any, Any, Rules], list[str]]:
    if mime == FIGURE:
        return figure_differences
    if mime == "image/png":
        return picture_differences
    if mime.startswith("image/"):
        return lambda saved, new, rules: []
    return lambda saved, new, rules: text_differences(str(saved), str(new), rules)


def _error_differs(saved: Any, new: Any, rules: Rules) -> list[str]:
    if saved["ename"] != new["ename"]:
        now = f"{new['ename']}: {new['evalue']}"
        return [f"  {_line('exception', saved['ename'], now)}"]
    if rules.phrase is None:
        return text_differences(saved["evalue"], new["evalue"], rules)
    return [
        f"  the {name} message lacks the phrase {rules.phrase!r}: {error['evalue']}"
        for name, error in (("saved", saved), ("new", new))
        if rules.phrase not in error["evalue"]
    ]


# --- pictures ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    blank: bool


def _picture(png: str) -> Picture:
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(png))) as image:
        ranges = image.convert("RGBA").getextrema()
        blank = all(isinstance(ends, tuple) and ends[0] == ends[1] for ends in ranges)
        return Picture(*image.size, blank=blank)


def picture_differences(saved: str, new: str, rules: Rules) -> list[str]:
    """A picture only has to be there, of about the saved size, and not blank."""
    old, now = _picture(saved), _picture(new)
    sides = ((old.width, now.width), (old.height, now.height))
    if any(abs(a - b) > max(4, SIZE_RTOL * a) for a, b in sides):
        sizes = (f"{picture.width}×{picture.height}" for picture in (old, now))
        return [f"  {_line('size', *sizes)}"]
    return ["  the new picture is blank"] if now.blank and not old.blank else []
