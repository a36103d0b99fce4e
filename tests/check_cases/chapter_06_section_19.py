"""Answers to the exercises of 06/19, GPUs."""

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases


def carry(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {name: carry(part, device) for name, part in batch.items()}
    if isinstance(batch, list | tuple):
        return type(batch)(carry(part, device) for part in batch)
    return batch


def by_method(batch, device):
    if hasattr(batch, "to"):
        return batch.to(device)
    match batch:
        case dict():
            return dict(zip(batch, (by_method(v, device) for v in batch.values()), strict=True))
        case list():
            return [by_method(part, device) for part in batch]
        case tuple():
            return tuple(by_method(part, device) for part in batch)
    return batch


def pairs_only(batch, device):
    X, y = batch
    return X.to(device), y.to(device)


def one_level(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {name: part.to(device) for name, part in batch.items()}
    return type(batch)(part.to(device) for part in batch)


def as_lists(batch, device):
    if isinstance(batch, list | tuple):
        return [as_lists(part, device) for part in batch]
    if isinstance(batch, dict):
        return {name: as_lists(part, device) for name, part in batch.items()}
    return batch.to(device) if isinstance(batch, torch.Tensor) else batch


def in_place(batch, device):
    if isinstance(batch, dict):
        for name in batch:
            batch[name] = in_place(batch[name], device)
        return batch
    if isinstance(batch, list):
        batch[:] = [in_place(part, device) for part in batch]
        return batch
    if isinstance(batch, tuple):
        return tuple(in_place(part, device) for part in batch)
    return batch.to(device) if isinstance(batch, torch.Tensor) else batch


def result_dropped(batch, device):
    if isinstance(batch, torch.Tensor):
        batch.to(device)
    return batch


def drops_the_rest(batch, device):
    if isinstance(batch, dict):
        tensors = {k: v for k, v in batch.items() if not isinstance(v, str | float)}
        return {name: drops_the_rest(part, device) for name, part in tensors.items()}
    if isinstance(batch, list | tuple):
        return type(batch)(drops_the_rest(part, device) for part in batch)
    return batch.to(device) if isinstance(batch, torch.Tensor) else batch


def try_halves(attempt, start):
    n = start
    while True:
        try:
            attempt(n)
            return n
        except torch.OutOfMemoryError:
            if n <= 1:
                raise
        n = n // 2


def by_recursion(attempt, start):
    try:
        attempt(start)
    except torch.OutOfMemoryError:
        if start == 1:
            raise
    else:
        return start
    return by_recursion(attempt, start // 2)


def catches_all(attempt, start):
    n = start
    while n > 1:
        try:
            attempt(n)
            return n
        except Exception:
            n //= 2
    attempt(1)
    return 1


def catches_runtime_errors_of_any_kind(attempt, start):
    while True:
        try:
            attempt(start)
            return start
        except RuntimeError:
            if start <= 1:
                raise
        start //= 2


def by_the_message(attempt, start):
    n = start
    while True:
        try:
            attempt(n)
            return n
        except RuntimeError as error:
            if n <= 1 or "out of memory" not in str(error):
                raise
        n //= 2


def tries_no_row(attempt, start):
    while True:
        try:
            attempt(start)
            return start
        except torch.OutOfMemoryError:
            start //= 2


def minus_one(attempt, start):
    n = start
    while n:
        try:
            attempt(n)
            return n
        except torch.OutOfMemoryError:
            n -= 1
    raise torch.OutOfMemoryError


def gives_zero(attempt, start):
    n = start
    while n:
        try:
            attempt(n)
            return n
        except torch.OutOfMemoryError:
            n //= 2
    return 0


def rounds_up(attempt, start):
    n = start
    while True:
        try:
            attempt(n)
            return n
        except torch.OutOfMemoryError:
            if n <= 1:
                raise
        n = (n + 1) // 2


def never_asks(attempt, start):
    return start


CASES = {
    "06.19a": Cases(
        solution=carry,
        wrong=[
            (pairs_only, "should be a tensor, not a tuple"),
            (one_level, "your function raised"),
            (as_lists, "should be a tuple"),
            (in_place, "your function changed"),
            (result_dropped, "is still on cpu"),
            (drops_the_rest, "the names in"),
        ],
        also_right=[by_method],
        equivalent={"if isinstance(batch, tuple | list):": COMMUTES},
    ),
    "06.19b": Cases(
        solution=try_halves,
        wrong=[
            (catches_all, "another error should come through"),
            (catches_runtime_errors_of_any_kind, "another error should come through"),
            (minus_one, "your function raised"),
            (gives_zero, "nothing was raised"),
            (tries_no_row, "at one row, torch.OutOfMemoryError should come through; nothing"),
            (rounds_up, "one after the other; you tried"),
            (never_asks, ""),
        ],
        also_right=[by_recursion, by_the_message],
        equivalent={"return abs(n)": NOT_NEGATIVE, "return int(n)": WHOLE},
    ),
}
