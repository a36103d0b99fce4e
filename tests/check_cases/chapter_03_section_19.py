"""Answers to the exercises of 03/19, holding data back."""

from hashlib import md5, sha256

import torch

from check_cases import NOT_NEGATIVE, WHOLE, Cases


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


def last_of_the_order(groups, count, generator):
    names = groups.unique()
    test = torch.isin(groups, names[torch.randperm(len(names), generator=generator)[-count:]])
    return torch.where(~test)[0], torch.where(test)[0]


def drawn_by_rows(groups, count, generator):
    order = groups[torch.randperm(len(groups), generator=generator)].tolist()
    test = torch.isin(groups, torch.tensor(list(dict.fromkeys(order))[:count]))
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


def seen(train, test):
    return (test[:, None] == train).all(dim=2).any(dim=1)


def seen_by_loops(train, test):
    known = {tuple(row) for row in train.tolist()}
    return torch.tensor([tuple(row) in known for row in test.tolist()], dtype=torch.bool)


def seen_by_numbers(train, test):
    numbers = torch.cat([train, test]).unique(dim=0, return_inverse=True)[1]
    return torch.isin(numbers[len(train) :], numbers[: len(train)])


def any_column(train, test):
    return (test[:, None] == train).any(dim=2).any(dim=1)


def different_rows(train, test):
    return (test[:, None] == train).any(dim=1).all(dim=1)


def element_by_element(train, test):
    return torch.isin(test, train).all(dim=1)


def by_sum(train, test):
    return torch.isin(test.sum(dim=1), train.sum(dim=1))


def training_mask(train, test):
    return seen(test, train)


def counted(train, test):
    groups, counts = torch.cat([train, test]).unique(
        dim=0, return_inverse=True, return_counts=True
    )[1:]
    return counts[groups[len(train) :]] > 1


def nearly(train, test):
    return torch.isclose(test[:, None], train, atol=1e-5).all(dim=2).any(dim=1)


def in_float32(train, test):
    return (torch.cdist(test.float(), train.float()) == 0).any(dim=1)


def marks_repeats(train, test):
    mask = seen(train, test)
    for i in range(len(test)):
        mask[i] |= (test[:i] == test[i]).all(dim=1).any()
    return mask


def without_differences(train, test):
    return ((test[:, None] - train).abs().sum(dim=2) == 0).any(dim=1)


def same_place(train, test):
    return (train == test).all(dim=1)


def row_numbers(train, test):
    return torch.where(seen(train, test))[0]


def remainder(name):
    return int(sha256(name.encode()).hexdigest()[:8], 16) % 100


def cut(names, inside):
    return [n for n in names if not inside(n)], [n for n in names if inside(n)]


def by_hash(names, percent):
    def inside(name):
        return remainder(name.split("/")[0]) < percent

    return cut(names, inside)


def by_partition(names, percent):
    parts = {False: [], True: []}
    for name in names:
        number = int.from_bytes(sha256(name.partition("/")[0].encode()).digest()[:4], "big")
        parts[number % 100 < percent].append(name)
    return list(parts.values())


def whole_name(names, percent):
    return cut(names, lambda name: remainder(name) < percent)


def last_slash(names, percent):
    return cut(names, lambda name: remainder(name.rsplit("/", 1)[0]) < percent)


def up_to_percent(names, percent):
    return cut(names, lambda name: remainder(name.split("/")[0]) <= percent)


def by_python(names, percent):
    return cut(names, lambda name: hash(name.split("/")[0]) % 100 < percent)


def by_md5(names, percent):
    def number(name):
        return int(md5(name.split("/")[0].encode()).hexdigest()[:8], 16)

    return cut(names, lambda name: number(name) % 100 < percent)


def all_digits(names, percent):
    def number(name):
        return int(sha256(name.split("/")[0].encode()).hexdigest(), 16)

    return cut(names, lambda name: number(name) % 100 < percent)


def decimal(names, percent):
    return cut(names, lambda name: int(sha256(name.encode()).hexdigest()[:8]) % 100 < percent)


def plain_letters(names, percent):
    def number(name):
        return int(sha256(name.split("/")[0].encode("ascii", "ignore")).hexdigest()[:8], 16)

    return cut(names, lambda name: number(name) % 100 < percent)


def eight_bytes(names, percent):
    def number(name):
        return int.from_bytes(sha256(name.split("/")[0].encode()).digest()[:8], "big")

    return cut(names, lambda name: number(name) % 100 < percent)


def before_find(names, percent):
    return cut(names, lambda name: remainder(name[: name.find("/")]) < percent)


def by_group_names(names, percent):
    inside = {group for group in (n.split("/")[0] for n in names) if remainder(group) < percent}
    test = [n for n in names if n.split("/")[0] in inside]
    return [n for n in names if n not in test], test


def first_of_each(names, percent):
    return by_hash(dict.fromkeys(names), percent)


def sorted_names(names, percent):
    train, test = by_hash(names, percent)
    return sorted(train), sorted(test)


def by_place(names, percent):
    end = len(names) * percent // 100
    return names[end:], names[:end]


def as_sets(names, percent):
    return tuple(set(part) for part in by_hash(names, percent))


ONLY_TRUTH = "it is asked only whether it is true"
ONE_DIMENSION = "`where` of one dimension gives one tensor: the last is the first"

CASES = {
    "03.19a": Cases(
        solution=split,
        also_right=[lambda *inputs: list(split(*inputs)), by_inverse, last_of_the_order],
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
            (drawn_by_rows, "draw with `torch.randperm(n, generator=generator)`"),
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
    "03.19b": Cases(
        solution=seen,
        also_right=[seen_by_loops, seen_by_numbers, without_differences],
        wrong=[
            (any_column, "only if all of its columns are equal"),
            (different_rows, "one and the same row"),
            (element_by_element, "one and the same row"),
            (by_sum, "all of its columns are equal"),
            (training_mask, "mark the test rows"),
            (counted, "compare whole rows"),
            (nearly, "compare whole rows"),
            (in_float32, "compare whole rows"),
            (marks_repeats, "compare whole rows"),
            (same_place, "raised"),
            (row_numbers, "return a mask"),
            (lambda train, test: ~seen(train, test), "that were not seen"),
            (lambda train, test: int(seen(train, test).sum()), "expected a tensor"),
            (lambda train, test: seen(train, test).tolist(), "expected a tensor"),
            (lambda train, test: seen(train, test)[:, None], "shape"),
        ],
        equivalent={},
    ),
    "03.19c": Cases(
        solution=by_hash,
        also_right=[by_partition, by_group_names],
        wrong=[
            (whole_name, "not the whole name"),
            (last_slash, "not at the last"),
            (up_to_percent, "not equal to it"),
            (by_python, "SHA-256, the first eight"),
            (by_md5, "SHA-256, the first eight"),
            (all_digits, "SHA-256, the first eight"),
            (decimal, "raised ValueError"),
            (plain_letters, "SHA-256, the first eight"),
            (eight_bytes, "SHA-256, the first eight"),
            (before_find, "is in both lists"),
            (first_of_each, "as often as it stands there"),
            (sorted_names, "keep the order"),
            (by_place, "is in both lists"),
            (as_sets, "expected a list"),
            (lambda names, percent: by_hash(names, percent)[::-1], "swapped"),
            (lambda names, percent: by_hash(names, percent)[1], "return 2 values"),
            (lambda names, percent: whole_name(names, 0), "belongs to the test"),
        ],
        equivalent={
            "return abs(int(sha256(name.encode()).hexdigest()[:8], 16) % 100)": NOT_NEGATIVE,
            "return int(int(sha256(name.encode()).hexdigest()[:8], 16) % 100)": WHOLE,
            "return abs(remainder(name.split('/')[0]) < percent)": ONLY_TRUTH,
            "return -(remainder(name.split('/')[0]) < percent)": ONLY_TRUTH,
            "return int(remainder(name.split('/')[0]) < percent)": ONLY_TRUTH,
        },
    ),
}
