"""Answers to the exercises of 03/17, getting data."""

from hashlib import md5, sha256

import torch

from check_cases import NOT_NEGATIVE, Cases


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


def split(groups, count, generator):
    names = groups.unique()
    drawn = names[torch.randperm(len(names), generator=generator)[:count]]
    test = torch.isin(groups, drawn)
    return torch.where(~test)[0], torch.where(test)[0]


def rows_drawn(groups, count, generator):
    order = torch.randperm(len(groups), generator=generator)
    return order[count:].sort().values, order[:count].sort().values


def neighbouring_repeats_only(groups, count, generator):
    names = groups.unique_consecutive()
    drawn = names[torch.randperm(len(names), generator=generator)[:count]]
    test = torch.isin(groups, drawn)
    return torch.where(~test)[0], torch.where(test)[0]


def numbers_up_to_the_largest(groups, count, generator):
    drawn = torch.randperm(int(groups.max()) + 1, generator=generator)[:count]
    test = torch.isin(groups, drawn)
    return torch.where(~test)[0], torch.where(test)[0]


def sorted_draw(groups, count, generator):
    names = groups.unique()
    order = torch.randperm(len(names), generator=generator).sort().values
    test = torch.isin(groups, names[order[:count]])
    return torch.where(~test)[0], torch.where(test)[0]


def by_inverse(groups, count, generator):
    names, places = groups.unique(return_inverse=True)
    drawn = torch.randperm(len(names), generator=generator)[:count]
    test = (places[:, None] == drawn).any(dim=1)
    return (~test).nonzero()[:, 0], test.nonzero()[:, 0]


def masks(groups, count, generator):
    train, _ = split(groups, count, generator)
    mask = torch.isin(torch.arange(len(groups)), train)
    return mask, ~mask


def unseeded(groups, count, generator):
    return split(groups, count, None)


def positions_drawn(groups, count, generator):
    drawn = torch.randperm(len(groups.unique()), generator=generator)[:count]
    test = torch.isin(groups, drawn)
    return torch.where(~test)[0], torch.where(test)[0]


def with_repeats(groups, count, generator):
    names = groups.unique()
    drawn = names[torch.randint(len(names), (count,), generator=generator)]
    test = torch.isin(groups, drawn)
    return torch.where(~test)[0], torch.where(test)[0]


def first_groups(groups, count, generator):
    test = torch.isin(groups, groups.unique()[:count])
    return torch.where(~test)[0], torch.where(test)[0]


def falling(groups, count, generator):
    train, test = split(groups, count, generator)
    return train.flip(0), test.flip(0)


def columns(groups, count, generator):
    return tuple(rows[:, None] for rows in split(groups, count, generator))


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


def by_digest(files, published):
    found = []
    for name, digest in sorted(published.items()):
        if name not in files or sha256(files[name]).digest() != bytes.fromhex(digest):
            found.append(name)
    return found


def any_published_hash(files, published):
    known = {digest.lower() for digest in published.values()}
    return sorted(n for n in published if n not in files or hashed(files[n]) not in known)


def seeded_anew(groups, count, generator):
    return split(groups, count, torch.Generator().manual_seed(generator.initial_seed()))


def global_order(groups, count, generator):
    torch.manual_seed(generator.initial_seed())
    return split(groups, count, None)


def one_of_three(groups, count, generator):
    seed = int(torch.randint(9999, (1,), generator=generator)) % 3
    return split(groups, count, torch.Generator().manual_seed(seed))


def all_but_the_last_group(groups, count, generator):
    names = groups.unique()
    size = max(len(names) - 1, count)
    test = torch.isin(groups, names[torch.randperm(size, generator=generator)[:count]])
    return torch.where(~test)[0], torch.where(test)[0]


def neighbours(groups, count, generator):
    names = groups.unique()
    start = int(torch.randint(len(names), (1,), generator=generator))
    test = torch.isin(groups, names.roll(start)[:count])
    return torch.where(~test)[0], torch.where(test)[0]


def one_row_a_group(groups, count, generator):
    train, test = split(groups, count, generator)
    firsts = [torch.where(groups == group)[0][0] for group in groups[test].unique()]
    return train, torch.stack(firsts).sort().values


def groups_for_rows(groups, count, generator):
    return tuple(groups[rows].unique() + 100 for rows in split(groups, count, generator))


def sorted_by_group(groups, count, generator):
    train, test = split(groups, count, generator)
    return train[groups[train].argsort(stable=True)], test[groups[test].argsort(stable=True)]


ONE_DIMENSION = "`where` of one dimension gives one tensor: the last is the first"
ONLY_TRUTH = "the caller asks only whether it is true"

CASES = {
    "03.17a": Cases(
        solution=unsound,
        also_right=[by_digest],
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
        ],
        equivalent={
            "return abs(sha256(files[name]).hexdigest() == digest.lower())": ONLY_TRUTH,
            "return -(sha256(files[name]).hexdigest() == digest.lower())": ONLY_TRUTH,
            "return int(sha256(files[name]).hexdigest() == digest.lower())": ONLY_TRUTH,
        },
    ),
    "03.17b": Cases(
        solution=split,
        also_right=[lambda *inputs: list(split(*inputs)), by_inverse],
        wrong=[
            (rows_drawn, "draw groups, not rows"),
            (neighbouring_repeats_only, "the number of different groups"),
            (numbers_up_to_the_largest, "groups, expected"),
            (sorted_draw, "every generator gives the same split"),
            (lambda *inputs: split(*inputs)[::-1], "swapped"),
            (masks, "these are masks"),
            (unseeded, "the global generator was moved"),
            (first_groups, "every generator gives the same"),
            (falling, "in rising order"),
            (columns, "expected one dimension"),
            (lambda *inputs: split(*inputs)[1], "expected two tensors"),
            (lambda g, n, generator: split(g, n + 1, generator), "groups, expected"),
            (with_repeats, "groups, expected"),
            (positions_drawn, "draws positions"),
            (lambda *inputs: (split(*inputs)[0], split(*inputs)[0]), "exactly one part"),
            (seeded_anew, "the generator stands still"),
            (global_order, "the global generator was moved"),
            (one_of_three, "draw with `torch.randperm(n, generator=generator)`"),
            (all_but_the_last_group, "draw with `torch.randperm(n, generator=generator)`"),
            (neighbours, "these groups are neighbours"),
            (lambda g, n, generator: split(g, n + (n > 3), generator), "groups, expected"),
            (one_row_a_group, "exactly one part"),
            (groups_for_rows, "return row numbers, not groups"),
            (lambda *inputs: [part.tolist() for part in split(*inputs)], "expected a tensor, got"),
            (sorted_by_group, "in rising order"),
        ],
        equivalent={
            "return (abs(torch.where(~test)[0]), torch.where(test)[0])": NOT_NEGATIVE,
            "return (torch.where(~test)[0], abs(torch.where(test)[0]))": NOT_NEGATIVE,
            "return (torch.where(~test)[-1], torch.where(test)[0])": ONE_DIMENSION,
            "return (torch.where(~test)[0], torch.where(test)[-1])": ONE_DIMENSION,
        },
    ),
}
