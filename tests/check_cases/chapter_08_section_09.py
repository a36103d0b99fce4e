"""Answers to the exercises of 08/09, forecasting a record."""

import torch

from check_cases import Cases


def hold_out(length, size, a, b):
    start = torch.arange(length - size + 1)
    inside = (start >= a) & (start + size <= b)
    outside = (start + size <= a) | (start >= b)
    return start[inside], start[outside]


def by_sets(length, size, a, b):
    block, inside, outside = set(range(a, b)), [], []
    for start in range(length - size + 1):
        shared = block & set(range(start, start + size))
        if len(shared) == size:
            inside.append(start)
        if not shared:
            outside.append(start)
    return torch.tensor(inside).long(), torch.tensor(outside).long()


def by_unfold(length, size, a, b):
    weeks = torch.arange(length)
    windows = ((weeks >= a) & (weeks < b)).unfold(0, size, 1)
    return [windows.all(1).nonzero()[:, 0], (~windows.any(1)).nonzero().flatten()]


def by_ranges(length, size, a, b):
    last = length - size + 1
    before = torch.arange(max(a - size + 1, 0))
    after = torch.arange(min(b, last), last)
    return torch.arange(a, max(b - size + 1, a)), torch.cat([before, after])


def begins_inside(length, size, a, b):
    start = torch.arange(length - size + 1)
    return start[(start >= a) & (start < b)], start[(start + size <= a) | (start >= b)]


def the_rest(length, size, a, b):
    start = torch.arange(length - size + 1)
    inside = (start >= a) & (start + size <= b)
    return start[inside], start[~inside]


def begins_outside(length, size, a, b):
    start = torch.arange(length - size + 1)
    return hold_out(length, size, a, b)[0], start[(start < a) | (start >= b)]


def only_before(length, size, a, b):
    start = torch.arange(length - size + 1)
    return hold_out(length, size, a, b)[0], start[start + size <= a]


def strict_end(length, size, a, b):
    start = torch.arange(length - size + 1)
    return start[(start >= a) & (start + size < b)], hold_out(length, size, a, b)[1]


def swapped(length, size, a, b):
    return hold_out(length, size, a, b)[::-1]


def masks(length, size, a, b):
    start = torch.arange(length - size + 1)
    return (start >= a) & (start + size <= b), (start + size <= a) | (start >= b)


def columns(length, size, a, b):
    return tuple(found[:, None] for found in hold_out(length, size, a, b))


def one_week_more(length, size, a, b):
    start = torch.arange(length - size + 1)
    return start[(start >= a) & (start + size - 1 <= b)], hold_out(length, size, a, b)[1]


def one_week_shared(length, size, a, b):
    start = torch.arange(length - size + 1)
    return hold_out(length, size, a, b)[0], start[(start + size - 1 <= a) | (start >= b)]


def later_first(length, size, a, b):
    start = torch.arange(length - size + 1)
    outside = torch.cat([start[start >= b], start[start + size <= a]])
    return hold_out(length, size, a, b)[0], outside


def one_too_few(length, size, a, b):
    start = torch.arange(length - size)
    inside = (start >= a) & (start + size <= b)
    return start[inside], start[(start + size <= a) | (start >= b)]


def step_by_step(step, X, horizon):
    known = X
    for _ in range(horizon):
        value = step(known[:, -X.shape[1] :])
        known = torch.cat([known, value[:, None]], dim=1)
    return known[:, X.shape[1] :]


def sliding(step, X, horizon):
    window, found = X.clone(), X.new_empty(len(X), horizon)
    for week in range(horizon):
        found[:, week] = step(window)
        window = torch.cat([window[:, 1:], found[:, week : week + 1]], dim=1)
    return found


def by_roll(step, X, horizon):
    window, weeks = X, [X[:, :0]]
    for _ in range(horizon):
        value = step(window)
        window = window.roll(-1, dims=1)
        window[:, -1] = value
        weeks.append(value[:, None])
    return torch.cat(weeks, dim=1)


def into_x(step, X, horizon):
    weeks = [X[:, :0]]
    for _ in range(horizon):
        value = step(X)
        X[:, :-1] = X[:, 1:].clone()
        X[:, -1] = value
        weeks.append(value[:, None])
    return torch.cat(weeks, dim=1)


def growing(step, X, horizon):
    known = X
    for _ in range(horizon):
        known = torch.cat([known, step(known)[:, None]], dim=1)
    return known[:, X.shape[1] :]


def not_fed_back(step, X, horizon):
    return step(X)[:, None].repeat(1, horizon)


def with_past(step, X, horizon):
    return torch.cat([X, step_by_step(step, X, horizon)], dim=1)


def in_front(step, X, horizon):
    window, found = X, X.new_empty(len(X), horizon)
    for week in range(horizon):
        found[:, week] = step(window)
        window = torch.cat([found[:, week : week + 1], window[:, :-1]], dim=1)
    return found


def weeks_first(step, X, horizon):
    return step_by_step(step, X, horizon).T


def last_alone(step, X, horizon):
    return step_by_step(step, X, horizon)[:, -1:]


def a_week_late(step, X, horizon):
    found = step_by_step(step, X, horizon)
    return torch.cat([X[:, -1:], found], dim=1)[:, :horizon]


def a_week_too_many(step, X, horizon):
    return step_by_step(step, X, horizon + 1)


def stacked(step, X, horizon):
    window, weeks = X, []
    for _ in range(horizon):
        weeks.append(step(window))
        window = torch.cat([window[:, 1:], weeks[-1][:, None]], dim=1)
    return torch.stack(weeks, dim=1)


def single(step, X, horizon):
    return step_by_step(step, X, horizon).float()


ORDER = "the two sides of & and | change places"
NOT_NEGATIVE = "a window's start is 0 or more"

CASES = {
    "08.9a": Cases(
        solution=hold_out,
        also_right=[by_sets, by_unfold, by_ranges],
        wrong=[
            (begins_inside, "its last week counts as well"),
            (the_rest, "crosses the border"),
            (begins_outside, "may reach into it"),
            (only_before, "after the block are missing"),
            (strict_end, "week b - 1 belongs"),
            (one_week_more, "week b is no longer"),
            (one_week_shared, "shares that week"),
            (later_first, "before the block come first"),
            (swapped, "the two are swapped"),
            (masks, "is a mask"),
            (columns, "expected shape"),
            (one_too_few, "expected shape"),
            (lambda length, size, a, b: hold_out(length, size, a, b)[0], "return 2 values"),
        ],
        equivalent={
            "inside = (start + size <= b) & (start >= a)": ORDER,
            "outside = (start >= b) | (start + size <= a)": ORDER,
            "return (abs(start[inside]), start[outside])": NOT_NEGATIVE,
            "return (start[inside], abs(start[outside]))": NOT_NEGATIVE,
            "inside = (end <= upper) & (begin >= lower)": ORDER,
            "outside = (begin >= upper) | (end <= lower)": ORDER,
            "return (abs(begin[inside]), begin[outside])": NOT_NEGATIVE,
            "return (begin[inside], abs(begin[outside]))": NOT_NEGATIVE,
        },
    ),
    "08.9b": Cases(
        solution=step_by_step,
        also_right=[sliding, by_roll],
        wrong=[
            (into_x, "changed its input"),
            (growing, "takes the last 4 values"),
            (not_fed_back, "feed the forecast back"),
            (with_past, "begins with X"),
            (in_front, "stands at the end"),
            (weeks_first, "a row for each row"),
            (last_alone, "return all of them"),
            (a_week_late, "begins with the last known week"),
            (a_week_too_many, "expected shape"),
            (stacked, "raised"),
            (single, "expected dtype"),
        ],
    ),
}
