"""Checks of 03/18, getting data."""

from hashlib import md5, sha256
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given


@exercise("03.18a")
def unsound(answer: Any) -> None:
    """The names of published files that are missing or have another hash."""
    files = {"wine": b"1,2", "co2": b"315", "story": b"\xffOnce\r\n", "own": b"mine", "empty": b""}
    digests = {name: sha256(data).hexdigest() for name, data in files.items() if name != "own"}
    other = sha256(b"another").hexdigest()
    capitals = {name: digest.upper() for name, digest in digests.items()}
    cases: list[tuple[str, dict[str, str], list[str]]] = [
        (
            "wine and co2 differ, chord is missing",
            dict.fromkeys(["wine", "co2", "chord"], other),
            [],
        ),
        ("every file is sound", {}, []),
        ("hashes in capital letters, co2 differs", capitals | {"co2": other}, ["capitals"]),
        ("only chord is missing", {"chord": other}, []),
        (
            "the hashes of wine and co2 are exchanged",
            {"wine": digests["co2"], "co2": digests["wine"]},
            [],
        ),
        (
            "one digit in the middle of wine's hash differs",
            {"wine": digests["wine"][:32] + other[32] + digests["wine"][33:]},
            [],
        ),
        ("chord is missing, its hash is that of no bytes", {"chord": sha256(b"").hexdigest()}, []),
        ("the file empty has no bytes, and another hash", {"empty": other}, []),
    ]
    for told, changed, note in cases:
        published = {**digests, **changed}
        missing = sorted(name for name in published if name not in files)
        sound = {name for name in digests if digests[name] == published[name].lower()}
        differ = [name for name in published if name in files and name not in sound]
        want = sorted([*missing, *differ])
        usual = [
            ([*missing, *differ], "sort the names"),
            ([*differ, *missing], "sort the names"),
            (sorted(differ), "a published file that is missing counts as well"),
            (missing, "a file with another hash counts as well"),
            (sorted(set(digests) - set(want)), "these are the sound ones"),
            (sorted({*want, "empty"}), "a file of no bytes is no missing file; it has a hash too"),
            (sorted({*want, "own"}), "`own` was not published; it does not matter"),
            (
                sorted(published),
                "every file is called unsound; hash the bytes with `sha256`, and compare small "
                "letters with small ones",
            ),
        ]
        if note:
            usual[:0] = [(sorted(published), "capital and small hexadecimal digits mean the same")]
        with given(told):
            got = call(answer, dict(files), published)
            if isinstance(got, (set, tuple)):
                raise Wrong(f"expected a list, got a {type(got).__name__}; `sorted` gives one")
            why = "hash the bytes with SHA-256 and compare with the published digits"
            expect_equal(got, want, usual=usual, why=why)
    with given("published holds an MD5 in place of a SHA-256"):
        got = call(answer, {"wine": b"1,2"}, {"wine": md5(b"1,2").hexdigest()})
        expect_equal(got, ["wine"], why="the hash is SHA-256, not MD5")


# What `resume` fetches: no text, and no byte twice.
FILE = bytes(range(215, 256))
SIZE = len(FILE)


@exercise("03.18b")
def resume(answer: Any) -> None:
    """All bytes of a file, from a server whose answers break off."""
    for told, size, have, answers in [
        ("you have nothing, and one 206 brings all", SIZE, 0, [(206, SIZE)]),
        ("you have 7 bytes, and one 206 brings the rest", SIZE, 7, [(206, SIZE)]),
        ("the answers break off twice", SIZE, 7, [(206, 5), (206, 11), (206, SIZE)]),
        ("each answer brings one byte", SIZE, 0, [(206, 1)] * SIZE),
        ("you have all bytes", SIZE, SIZE, []),
        ("the file has no bytes", 0, 0, []),
        ("one byte is missing", SIZE, SIZE - 1, [(206, SIZE)]),
        ("one 206 brings no byte", SIZE, 3, [(206, 0), (206, SIZE)]),
        ("you have 7 bytes, and a 200 brings the whole file", SIZE, 7, [(200, SIZE)]),
        ("a 200 breaks off after 4 bytes", SIZE, 9, [(200, 4), (200, SIZE)]),
        ("a 200 brings no byte", SIZE, 9, [(200, 0), (206, SIZE)]),
        ("a 206, then a 200, then a 206", SIZE, 5, [(206, 20), (200, 12), (206, SIZE)]),
    ]:
        with given(told):
            server = _Server(FILE[:size], FILE[:have], answers)
            got = expect_type(call(answer, FILE[:have], server, size), bytes)
            if len(got) < size:
                raise Wrong(
                    f"{len(got)} of {size} bytes are there; an answer may break off, so ask again "
                    f"until there are `size` bytes"
                )
            if len(got) > size:
                raise Wrong(
                    f"{len(got)} bytes are too many, expected {size}; after a 200, only the bytes "
                    f"that it brought count"
                )
            expect_equal(got, FILE[:size], why="bytes that came after a 206 follow `have`")


class _Server:
    """Answers what is planned, and knows which byte a client should ask for."""

    def __init__(self, file: bytes, have: bytes, plan: list[tuple[int, int]]) -> None:
        self.file = file
        self.have = len(have)
        self.plan = list(plan)
        self.last = 0

    def __call__(self, start: Any) -> tuple[int, bytes]:
        if type(start) is not int:
            raise Wrong("`ask` takes one int, the number of the first byte that is missing")
        if start != self.have:
            raise Wrong(
                f"`ask` was called with {start}, where {self.have} bytes are there; " + self._hint()
            )
        if not self.plan:
            raise Wrong("`ask` was called though all bytes are there; look at `size` first")
        self.last, count = self.plan.pop(0)
        came = self.file[start if self.last == 206 else 0 :][:count]
        self.have = len(came) + (start if self.last == 206 else 0)
        return self.last, came

    def _hint(self) -> str:
        if self.last == 206:
            return "the bytes of a 206 follow those that you have"
        if self.last == 200:
            return "after a 200, only the bytes that it brought count"
        return "ask for the first byte that is missing"
