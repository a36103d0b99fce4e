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


CASES = {
    "02.8a": Cases(
        solution=lambda x: torch.arange(x.shape[1], device=x.device),
        wrong=[
            (lambda x: torch.arange(x.shape[1]), "hand on `device=x.device`"),
            (lambda x: torch.arange(x.shape[0], device=x.device), "these are the row numbers"),
            (lambda x: torch.arange(1, x.shape[1] + 1, device=x.device), "start at 0"),
            (lambda x: torch.arange(x.shape[1], device=x.device).float(), "int64"),
            (lambda x: list(range(x.shape[1])), "expected a tensor, got a list"),
        ],
    ),
    "02.8b": Cases(
        solution=moved,
        wrong=[
            (dicts_only, "stayed on cpu"),
            (tuples_become_lists, "was a tuple and has become a list"),
            (tensors_only, "has the keys"),
            (always_copies, "must not be copied"),
            (lambda batch, device: batch.to(device), "raised AttributeError"),
        ],
    ),
}
