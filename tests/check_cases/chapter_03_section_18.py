"""Answers to the exercises of 03/18, getting data."""

from hashlib import md5, sha256

from check_cases import Cases


def hashed(data):
    return sha256(data).hexdigest()


def unsound(files, published):
    right = {name for name in files if hashed(files[name]) == published.get(name, "").lower()}
    return sorted(set(published) - right)


def present_only(files, published):
    pairs = published.items()
    return sorted(n for n, d in pairs if n in files and hashed(files[n]) != d.lower())


def missing_only(files, published):
    return sorted(set(published) - set(files))


def case_matters(files, published):
    return sorted(n for n, d in published.items() if hashed(files.get(n, b"")) != d)


def with_unpublished(files, published):
    return sorted([*unsound(files, published), *(set(files) - set(published))])


def missing_raises(files, published):
    return sorted(n for n, d in published.items() if hashed(files[n]) != d.lower())


def by_md5(files, published):
    pairs = published.items()
    return sorted(n for n, d in pairs if md5(files.get(n, b"")).hexdigest() != d.lower())


def unsorted(files, published):
    found = unsound(files, published)
    return [name for name in published if name in found]


def sound_ones(files, published):
    return sorted(set(published) - set(unsound(files, published)))


def missing_is_empty(files, published):
    pairs = published.items()
    return sorted(n for n, d in pairs if hashed(files.get(n, b"")) != d.lower())


def empty_is_missing(files, published):
    pairs = published.items()
    return sorted(n for n, d in pairs if not files.get(n) or hashed(files[n]) != d.lower())


def first_digits_only(files, published):
    lengths = {name: len(digest) for name, digest in published.items()}
    return sorted(n for n, length in lengths.items() if n not in files or length != 64)


def first_digits_of_each(files, published):
    pairs = published.items()
    return sorted(n for n, d in pairs if n not in files or hashed(files[n])[:8] != d.lower()[:8])


def without_line_ends(files, published):
    return unsound({name: data.strip() for name, data in files.items()}, published)


def as_text(files, published):
    return unsound({name: data.decode().encode() for name, data in files.items()}, published)


def capitals_only(files, published):
    pairs = published.items()
    return sorted(n for n, d in pairs if n not in files or hashed(files[n]).upper() != d)


def by_number(files, published):
    pairs = published.items()
    return sorted(n for n, d in pairs if n not in files or int(hashed(files[n]), 16) != int(d, 16))


def into_small_letters(files, published):
    for name in published:
        published[name] = published[name].lower()
    return unsound(files, published)


def by_digest(files, published):
    found = []
    for name, digest in sorted(published.items()):
        if name not in files or sha256(files[name]).digest() != bytes.fromhex(digest):
            found.append(name)
    return found


def any_published_hash(files, published):
    known = {digest.lower() for digest in published.values()}
    return sorted(n for n in published if n not in files or hashed(files[n]) not in known)


def resume(have, ask, size):
    while len(have) < size:
        number, body = ask(len(have))
        have = have + body if number == 206 else body
    return have


def in_pieces(have, ask, size):
    pieces = [have]
    while sum(map(len, pieces)) < size:
        number, body = ask(sum(map(len, pieces)))
        if number == 200:
            pieces = []
        pieces.append(body)
    return b"".join(pieces)


def deeper(have, ask, size):
    if len(have) == size:
        return have
    number, body = ask(len(have))
    return deeper({200: b"", 206: have}[number] + body, ask, size)


def once(have, ask, size):
    if len(have) == size:
        return have
    number, body = ask(len(have))
    return have + body if number == 206 else body


def five_times(have, ask, size):
    for _ in range(5):
        have = once(have, ask, size)
    return have


def from_the_start_again(have, ask, size):
    while len(have) < size:
        number, body = ask(len(have))
        have += body if number == 206 else body[len(have) :]
    return have


def anew(have, ask, size):
    have = b""
    while len(have) < size:
        have = ask(0)[1]
    return have


def always_appends(have, ask, size):
    while len(have) < size:
        have += ask(len(have))[1]
    return have


def always_replaces(have, ask, size):
    while len(have) < size:
        have = ask(len(have))[1]
    return have


def asks_first(have, ask, size):
    while True:
        number, body = ask(len(have))
        have = have + body if number == 206 else body
        if len(have) >= size:
            return have


def one_too_far(have, ask, size):
    while len(have) < size:
        number, body = ask(len(have) + 1)
        have = have + body if number == 206 else body
    return have


def in_front(have, ask, size):
    while len(have) < size:
        number, body = ask(len(have))
        have = body + have if number == 206 else body
    return have


def until_nothing_comes(have, ask, size):
    while len(have) < size:
        number, body = ask(len(have))
        if not body:
            break
        have = have + body if number == 206 else body
    return have


def a_header(have, ask, size):
    return have + ask(f"bytes={len(have)}-")[1] if len(have) < size else have


def a_byte_array(have, ask, size):
    return bytearray(resume(have, ask, size))


def keeps_the_longer(have, ask, size):
    while len(have) < size:
        number, body = ask(len(have))
        have = have + body if number == 206 else max(have, body, key=len)
    return have


ONLY_TRUTH = "the caller asks only whether it is true"
TWO_NUMBERS = "the number is 200 or 206"

CASES = {
    "03.18a": Cases(
        solution=unsound,
        also_right=[by_digest, by_number],
        wrong=[
            (present_only, "missing counts as well"),
            (missing_only, "another hash counts as well"),
            (case_matters, "capital and small"),
            (with_unpublished, "was not published"),
            (missing_raises, "raised KeyError"),
            (by_md5, "hash the bytes with `sha256`"),
            (unsorted, "sort the names"),
            (sound_ones, "the sound ones"),
            (lambda files, published: set(unsound(files, published)), "expected a list"),
            (missing_is_empty, "a published file that is missing counts as well"),
            (empty_is_missing, "a file of no bytes is no missing file"),
            (first_digits_only, "another hash counts as well"),
            (
                lambda files, published: len(unsound(files, published)),
                "expected a list, got an int",
            ),
            (lambda files, published: unsound(files, published)[::-1], "sort the names"),
            (lambda files, published: sorted(published), "every file is called unsound"),
            (lambda files, published: [], "hash the bytes with SHA-256"),
            (
                lambda files, published: dict.fromkeys(unsound(files, published), False),
                "expected a list",
            ),
            (any_published_hash, "another hash counts as well"),
            (first_digits_of_each, "another hash counts as well"),
            (without_line_ends, "hash the bytes with SHA-256"),
            (as_text, "no such letters"),
            (capitals_only, "compare small letters with small ones"),
            (into_small_letters, "changed its input"),
        ],
        equivalent={
            "return abs(sha256(files[name]).hexdigest() == digest.lower())": ONLY_TRUTH,
            "return -(sha256(files[name]).hexdigest() == digest.lower())": ONLY_TRUTH,
            "return int(sha256(files[name]).hexdigest() == digest.lower())": ONLY_TRUTH,
        },
    ),
    "03.18b": Cases(
        solution=resume,
        also_right=[in_pieces, deeper],
        wrong=[
            (once, "ask again until"),
            (five_times, "ask again until"),
            (from_the_start_again, "only the bytes that it brought count"),
            (anew, "ask for the first byte that is missing"),
            (always_appends, "only the bytes that it brought count"),
            (always_replaces, "the bytes of a 206 follow"),
            (asks_first, "though all bytes are there"),
            (one_too_far, "ask for the first byte that is missing"),
            (in_front, "bytes that came after a 206 follow"),
            (until_nothing_comes, "ask again until"),
            (a_header, "takes one int"),
            (a_byte_array, "bytearray"),
            (keeps_the_longer, "only the bytes that it brought count"),
            (lambda have, ask, size: have, "ask again until"),
        ],
        equivalent={
            "have = have + body if number >= 206 else body": TWO_NUMBERS,
        },
    ),
}
