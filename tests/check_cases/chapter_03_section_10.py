"""Answers to the exercises of 03/10, getting data."""

from hashlib import md5, sha256

import torch

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


def split(groups, count, generator):
    names = groups.unique()
    drawn = names[torch.randperm(len(names), generator=generator)[:count]]
    test = torch.isin(groups, drawn)
    return torch.where(~test)[0], torch.where(test)[0]


def rows_drawn(groups, count, generator):
    order = torch.randperm(len(groups), generator=generator)
    return order[count:].sort().values, order[:count].sort().values


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


CASES = {
    "03.10a": Cases(
        solution=unsound,
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
        ],
    ),
    "03.10b": Cases(
        solution=split,
        also_right=[lambda *inputs: list(split(*inputs))],
        wrong=[
            (rows_drawn, "draw groups, not rows"),
            (lambda *inputs: split(*inputs)[::-1], "swapped"),
            (masks, "these are masks"),
            (unseeded, "two equal generators"),
            (first_groups, "every generator gives the same"),
            (falling, "in rising order"),
            (columns, "expected one dimension"),
            (lambda *inputs: split(*inputs)[1], "expected two tensors"),
            (lambda g, n, generator: split(g, n + 1, generator), "groups, expected"),
            (with_repeats, "groups, expected"),
            (positions_drawn, "draws positions"),
            (lambda *inputs: (split(*inputs)[0], split(*inputs)[0]), "exactly one part"),
        ],
    ),
}
