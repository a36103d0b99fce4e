"""Answers to the exercises of 02/08, tensors on the GPU."""

import copy

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def moved(item, target):
    if isinstance(item, torch.Tensor):
        return item.to(target)
    if isinstance(item, dict):
        return {key: moved(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(moved(value, target) for value in item)
    return item


def dicts_only(item, target):
    if isinstance(item, torch.Tensor):
        return item.to(target)
    if isinstance(item, dict):
        return {key: dicts_only(value, target) for key, value in item.items()}
    return item


def tuples_become_lists(item, target):
    if isinstance(item, (list, tuple)):
        return [tuples_become_lists(value, target) for value in item]
    if isinstance(item, dict):
        return {key: tuples_become_lists(value, target) for key, value in item.items()}
    return moved(item, target)


def tensors_only(item, target):
    if isinstance(item, dict):
        kept = (torch.Tensor, dict, list, tuple)
        return {k: moved(v, target) for k, v in item.items() if isinstance(v, kept)}
    return moved(item, target)


def always_copies(item, target):
    if isinstance(item, list):
        return [always_copies(value, target) for value in item]
    if isinstance(item, torch.Tensor):
        return item.to(target, copy=True)
    return moved(item, target)


def into_the_nest(item, target):
    if isinstance(item, dict):
        for key in item:
            item[key] = into_the_nest(item[key], target)
        return item
    return moved(item, target)


def numbers_as_text(item, target):
    if isinstance(item, dict):
        return {key: numbers_as_text(value, target) for key, value in item.items()}
    return str(item) if isinstance(item, int) else moved(item, target)


def empty_there(item, target):
    if isinstance(item, torch.Tensor) and item.device != target:
        return torch.empty_like(item, device=target)
    if isinstance(item, dict):
        return {key: empty_there(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(empty_there(value, target) for value in item)
    return item


def copies_first(item, target):
    if isinstance(item, torch.Tensor):
        return item.to(target)
    if isinstance(item, dict):
        return {key: copies_first(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(copies_first(value, target) for value in item)
    return copy.deepcopy(item)


def always_copies_in_dicts(item, target):
    if isinstance(item, dict):
        return {key: always_copies_in_dicts(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(moved(value, target) for value in item)
    return item.clone().to(target) if isinstance(item, torch.Tensor) else item


def lists_of_tensors_only(item, target):
    if isinstance(item, list) and item and all(isinstance(part, torch.Tensor) for part in item):
        return [part.to(target) for part in item]
    if isinstance(item, dict):
        return {key: lists_of_tensors_only(value, target) for key, value in item.items()}
    return item.to(target) if isinstance(item, torch.Tensor) else item


def floats_too(item, target):
    if isinstance(item, (int, float)):
        return torch.tensor(item, device=target)
    if isinstance(item, dict):
        return {key: floats_too(value, target) for key, value in item.items()}
    return moved(item, target)


def flat(item, target):
    if isinstance(item, dict):
        return {key: flat(value, target) for key, value in item.items() if value != {}}
    if isinstance(item, (list, tuple)):
        return type(item)(flat(value, target) for value in item if value is not None)
    return moved(item, target)


def only_the_first(x):
    device = "cuda" if x.device.type == "cuda" else x.device
    return torch.arange(x.shape[1], device=device)


def on_cuda(x):
    numbers = torch.arange(x.shape[1])
    return numbers.cuda() if x.device.type == "cuda" else numbers.to(x.device)


def floats_elsewhere(x):
    dtype = torch.int64 if x.device.type == "cpu" else torch.float32
    return torch.arange(x.shape[1], device=x.device, dtype=dtype)


CASES = {
    "02.8a": Cases(
        solution=lambda x: torch.arange(x.shape[1], device=x.device),
        also_right=[
            lambda x: torch.arange(x.shape[1]).to(x.device),
            lambda x: torch.ones_like(x[0], dtype=torch.int64).cumsum(0) - 1,
        ],
        wrong=[
            (lambda x: torch.arange(x.shape[1]), "hand on `device=x.device`"),
            (lambda x: torch.arange(x.shape[0], device=x.device), "these are the row numbers"),
            (lambda x: torch.arange(1, x.shape[1] + 1, device=x.device), "start at 0"),
            (lambda x: torch.arange(x.shape[1], device=x.device).float(), "int64"),
            (lambda x: list(range(x.shape[1])), "expected a tensor, got a list"),
            (lambda x: torch.arange(x.shape[1], device="meta"), "which holds none"),
            (lambda x: torch.arange(len(x[0].tolist()), device=x.device), "no numbers to read"),
            (floats_elsewhere, "expected dtype torch.int64"),
            (
                lambda x: torch.arange(x.shape[1], device=x.device.type),
                "must come along",
            ),
            (lambda x: torch.arange(x.shape[1]).to(x.device.type), "must come along"),
            (only_the_first, "must come along"),
            (on_cuda, "must come along"),
            (
                lambda x: torch.arange(x.shape[1], device="cuda" if x.is_cuda else x.device),
                "must come along",
            ),
            (lambda x: torch.arange(x.shape[1], device=x.device)[None], "expected shape"),
            (lambda x: torch.arange(x.shape[1], 0, -1, device=x.device), "numbered 0, 1"),
            (lambda x: torch.arange(x.numel(), device=x.device), "expected shape"),
            (
                lambda x: torch.arange(x.shape[1], device=x.device).int(),
                "expected dtype torch.int64",
            ),
        ],
        equivalent={
            "__answer__ = lambda x: abs(torch.arange(x.shape[1], device=x.device))": NOT_NEGATIVE,
            "return abs(torch.arange(matrix.shape[1], device=matrix.device))": NOT_NEGATIVE,
        },
    ),
    "02.8b": Cases(
        solution=moved,
        wrong=[
            (dicts_only, "stayed on cpu"),
            (into_the_nest, "changed its input"),
            (numbers_as_text, "was an int and has become a str"),
            (tuples_become_lists, "was a tuple and has become a list"),
            (tensors_only, "a dict with the keys"),
            (always_copies, "must not be copied"),
            (lambda batch, device: batch.to(device), "raised AttributeError"),
            (lambda batch, device: moved(batch, device.type), "must come along"),
            (empty_there, "makes a new tensor without the numbers"),
            (copies_first, "leave it as it is"),
            (always_copies_in_dicts, "must not be copied"),
            (lists_of_tensors_only, "stayed on cpu"),
            (lambda batch, device: batch, "stayed on cpu"),
            (lambda batch, device: [moved(batch, device)], "has become a list"),
            (floats_too, "has become"),
            (flat, "should be"),
        ],
        equivalent={
            "if isinstance(item, (tuple, list)):": COMMUTES,
        },
    ),
}
