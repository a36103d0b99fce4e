"""Answers to the exercises of 02/12, tensors on the GPU."""

import copy

import numpy as np
import torch
from torch.utils._pytree import tree_map_only

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


def whatever_has_to(item, target):
    if hasattr(item, "to"):
        return item.to(target)
    if isinstance(item, dict):
        return {key: whatever_has_to(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(whatever_has_to(value, target) for value in item)
    return item


def arrays_too(item, target):
    if isinstance(item, np.ndarray):
        item = torch.from_numpy(item)
    if isinstance(item, dict):
        return {key: arrays_too(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(arrays_too(value, target) for value in item)
    return moved(item, target)


def detached(item, target):
    if isinstance(item, torch.Tensor):
        return item if item.device == target else item.detach().to(target)
    if isinstance(item, dict):
        return {key: detached(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(detached(value, target) for value in item)
    return item


def four_deep(item, target, depth=0):
    if isinstance(item, torch.Tensor):
        return item.to(target)
    if isinstance(item, dict) and depth < 4:
        return {key: four_deep(value, target, depth + 1) for key, value in item.items()}
    if isinstance(item, (list, tuple)) and depth < 4:
        return type(item)(four_deep(value, target, depth + 1) for value in item)
    return item


def no_parameters(item, target):
    if type(item) is torch.Tensor:
        return item.to(target)
    if isinstance(item, dict):
        return {key: no_parameters(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(no_parameters(value, target) for value in item)
    return item


def same_type_stays(item, target):
    if isinstance(item, torch.Tensor):
        return item if item.device.type == target.type else item.to(target)
    if isinstance(item, dict):
        return {key: same_type_stays(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)(same_type_stays(value, target) for value in item)
    return item


def same_device_stays(item, target):
    if isinstance(item, torch.Tensor):
        return item if item.device == target else item.to(target)
    if isinstance(item, dict):
        return {key: same_device_stays(value, target) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return type(item)([same_device_stays(value, target) for value in item])
    return item


def keys_sorted(item, target):
    if isinstance(item, dict):
        return {key: keys_sorted(item[key], target) for key in sorted(item, key=str)}
    return moved(item, target)


def container_by_container(item, target):
    if type(item) in (list, tuple):
        parts = []
        for part in item:
            parts.append(container_by_container(part, target))
        return parts if type(item) is list else tuple(parts)
    if type(item) is dict:
        result = item.copy()
        for key in item:
            result[key] = container_by_container(item[key], target)
        return result
    return item.to(device=target) if torch.is_tensor(item) else item


def with_pytree(batch, device):
    return tree_map_only(torch.Tensor, lambda tensor: tensor.to(device), batch)


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


def device_as_context(x):
    with x.device:
        return torch.arange(x.shape[1])


def floats_elsewhere(x):
    dtype = torch.int64 if x.device.type == "cpu" else torch.float32
    return torch.arange(x.shape[1], device=x.device, dtype=dtype)


CASES = {
    "02.12a": Cases(
        solution=lambda x: torch.arange(x.shape[1], device=x.device),
        also_right=[
            lambda x: torch.arange(x.shape[1]).to(x.device),
            lambda x: torch.ones(x.shape[1], dtype=torch.int64, device=x.device).cumsum(0) - 1,
            lambda x: torch.tensor(range(x.shape[1]), dtype=torch.int64, device=x.device),
            lambda x: x.new_tensor(range(x.shape[1]), dtype=torch.int64),
            device_as_context,
        ],
        wrong=[
            (lambda x: torch.arange(x.shape[1]), "hand on `device=x.device`"),
            (lambda x: torch.arange(x.shape[0], device=x.device), "these are the row numbers"),
            (lambda x: torch.arange(1, x.shape[1] + 1, device=x.device), "start at 0"),
            (lambda x: torch.arange(x.shape[1], device=x.device).float(), "int64"),
            (lambda x: list(range(x.shape[1])), "expected a tensor, got a list"),
            (lambda x: torch.arange(x.shape[1], device="meta"), "which holds none"),
            (lambda x: torch.arange(len(x.T.tolist()), device=x.device), "no numbers to read"),
            (floats_elsewhere, "expected dtype torch.int64"),
            (lambda x: torch.arange(x.shape[1]).to(x).long(), "through the dtype of `x`"),
            (lambda x: torch.arange(x.shape[1]).type_as(x).long(), "through the dtype of `x`"),
            (
                lambda x: torch.arange(x.shape[1], dtype=x.dtype, device=x.device).long(),
                "through the dtype of `x`",
            ),
            (lambda x: torch.arange(len(x[0]), device=x.device), "no element at that place"),
            (
                lambda x: torch.ones_like(x[0], dtype=torch.int64).cumsum(0) - 1,
                "no element at that place",
            ),
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
    "02.12b": Cases(
        solution=moved,
        also_right=[container_by_container, same_device_stays, with_pytree],
        wrong=[
            (whatever_has_to, "only tensors are moved"),
            (arrays_too, "was a NumPy array and has become a tensor"),
            (detached, "has lost its `requires_grad`"),
            (four_deep, "stayed on cpu"),
            (no_parameters, "a parameter is a tensor"),
            (same_type_stays, "may be two cards"),
            (keys_sorted, "keys in another order"),
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
