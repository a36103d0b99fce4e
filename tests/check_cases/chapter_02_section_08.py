"""Answers to the exercises of 02/08, tensors on the GPU."""

import torch

from check_cases import Cases


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
        ],
    ),
    "02.8b": Cases(
        solution=moved,
        wrong=[
            (dicts_only, "stayed on cpu"),
            (into_the_nest, "changed its input"),
            (numbers_as_text, "was an int and has become a str"),
            (tuples_become_lists, "was a tuple and has become a list"),
            (tensors_only, "has the keys"),
            (always_copies, "must not be copied"),
            (lambda batch, device: batch.to(device), "raised AttributeError"),
        ],
    ),
}
