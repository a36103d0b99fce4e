"""Answers to the exercises of 06/13, weights for a network that is not quite the same."""

import copy

import torch

from check_cases import COMMUTES, Cases

SAME_KEYS = "a dict in place of its keys: the same keys are walked through"


def load_all(net, state):
    own = net.state_dict()
    odd = []
    for key in own.keys() | state.keys():
        if key not in own or key not in state or own[key].shape != state[key].shape:
            odd.append(key)
    if odd:
        raise ValueError(f"these do not fit: {', '.join(sorted(odd))}")
    net.load_state_dict(state)


def put_back(net, state):
    before = copy.deepcopy(net.state_dict())
    try:
        net.load_state_dict(state)
    except RuntimeError as error:
        net.load_state_dict(before)
        raise ValueError(str(error)) from error


def tried_on_a_copy(net, state):
    try:
        copy.deepcopy(net).load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(error) from error
    net.load_state_dict(state)


def too_late(net, state):
    try:
        net.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def keeps_no_copy(net, state):
    before = net.state_dict()
    try:
        net.load_state_dict(state)
    except RuntimeError as error:
        net.load_state_dict(before)
        raise ValueError(str(error)) from error


def not_strict(net, state):
    net.load_state_dict(state, strict=False)


def names_only(net, state):
    own = net.state_dict()
    if odd := own.keys() ^ state.keys():
        raise ValueError(f"these do not fit: {odd}")
    net.load_state_dict(state)


def missing_only(net, state):
    own = net.state_dict()
    odd = [key for key in own if key not in state or own[key].shape != state[key].shape]
    if odd:
        raise ValueError(f"these do not fit: {odd}")
    net.load_state_dict(state, strict=False)


def first_only(net, state):
    own = net.state_dict()
    for key in own.keys() | state.keys():
        if key not in own or key not in state or own[key].shape != state[key].shape:
            raise ValueError(f"{key} does not fit")
    net.load_state_dict(state)


def by_size(net, state):
    own = net.state_dict()
    odd = list(own.keys() ^ state.keys())
    odd += [k for k in own.keys() & state.keys() if own[k].numel() != state[k].numel()]
    if odd:
        raise ValueError(f"these do not fit: {odd}")
    net.load_state_dict(state)


def refuses_dtypes(net, state):
    own = net.state_dict()
    odd = list(own.keys() ^ state.keys())
    for key in own.keys() & state.keys():
        if own[key].shape != state[key].shape or own[key].dtype != state[key].dtype:
            odd.append(key)
    if odd:
        raise ValueError(f"these do not fit: {odd}")
    net.load_state_dict(state)


def parameters_only(net, state):
    own = dict(net.named_parameters())
    odd = [key for key in own if key not in state or own[key].shape != state[key].shape]
    odd += [key for key in state if key not in net.state_dict()]
    if odd:
        raise ValueError(f"these do not fit: {odd}")
    with torch.no_grad():
        for key, p in own.items():
            p.copy_(state[key])


def assigns(net, state):
    try:
        copy.deepcopy(net).load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(error) from error
    net.load_state_dict(state, assign=True)


def split_both(module, state, prefix, *rest):
    rows = len(module.left.weight)
    for name in ["weight", "bias"]:
        old = f"{prefix}both.{name}"
        if old in state:
            whole = state.pop(old)
            state[f"{prefix}left.{name}"] = whole[:rows]
            state[f"{prefix}right.{name}"] = whole[rows:]


def by_split(module, state, prefix, *rest):
    sizes = [module.left.out_features, module.right.out_features]
    if prefix + "both.weight" not in state:
        return
    for name in ("bias", "weight"):
        parts = state.pop(prefix + "both." + name).split(sizes)
        for side, part in zip(("left", "right"), parts, strict=True):
            state[f"{prefix}{side}.{name}"] = part.clone()


def in_halves(module, state, prefix, *rest):
    for name in ["weight", "bias"]:
        if f"{prefix}both.{name}" in state:
            left, right = state.pop(f"{prefix}both.{name}").chunk(2)
            state[f"{prefix}left.{name}"], state[f"{prefix}right.{name}"] = left, right


def without_prefix(module, state, prefix, *rest):
    split_both(module, state, "")


def writes_without_prefix(module, state, prefix, *rest):
    rows = len(module.left.weight)
    for name in ["weight", "bias"]:
        if f"{prefix}both.{name}" in state:
            whole = state.pop(f"{prefix}both.{name}")
            state[f"left.{name}"], state[f"right.{name}"] = whole[:rows], whole[rows:]


def leaves_the_old(module, state, prefix, *rest):
    before = dict(state)
    split_both(module, state, prefix)
    state.update(before)


def right_first(module, state, prefix, *rest):
    rows = len(module.right.weight)
    for name in ["weight", "bias"]:
        if f"{prefix}both.{name}" in state:
            whole = state.pop(f"{prefix}both.{name}")
            state[f"{prefix}right.{name}"] = whole[:rows]
            state[f"{prefix}left.{name}"] = whole[rows:]


def old_files_only(module, state, prefix, *rest):
    rows = len(module.left.weight)
    for name in ["weight", "bias"]:
        whole = state.pop(f"{prefix}both.{name}")
        state[f"{prefix}left.{name}"] = whole[:rows]
        state[f"{prefix}right.{name}"] = whole[rows:]


def weight_only(module, state, prefix, *rest):
    rows = len(module.left.weight)
    if f"{prefix}both.weight" in state:
        whole = state.pop(f"{prefix}both.weight")
        state[f"{prefix}left.weight"] = whole[:rows]
        state[f"{prefix}right.weight"] = whole[rows:]


def a_new_dict(module, state, prefix, *rest):
    found = dict(state)
    split_both(module, found, prefix)
    return found


CASES = {
    "06.13b": Cases(
        solution=load_all,
        also_right=[put_back, tried_on_a_copy],
        wrong=[
            (too_late, "look before you copy"),
            (keeps_no_copy, "look before you copy"),
            (not_strict, "none was raised"),
            (names_only, "expected a ValueError; your function raised RuntimeError"),
            (missing_only, "none was raised"),
            (first_only, "should name"),
            (by_size, "expected a ValueError; your function raised RuntimeError"),
            (refuses_dtypes, "your function raised ValueError"),
            (parameters_only, "is to be that of the file"),
            (assigns, "is another tensor"),
            (lambda net, state: net.load_state_dict(state), "your function raised RuntimeError"),
        ],
        equivalent={
            "for key in state.keys() | own.keys():": COMMUTES,
            "for key in own | state.keys():": SAME_KEYS,
            "for key in own.keys() | state:": SAME_KEYS,
            "for key in weights.keys() | own.keys():": COMMUTES,
            "for key in own | weights.keys():": SAME_KEYS,
            "for key in own.keys() | weights:": SAME_KEYS,
        },
    ),
    "06.13c": Cases(
        solution=split_both,
        also_right=[by_split],
        wrong=[
            (in_halves, "these are not the rows of"),
            (without_prefix, "is not in `state`"),
            (writes_without_prefix, "put the prefix in front"),
            (leaves_the_old, "pop it"),
            (right_first, "the rows of `left` come first"),
            (old_files_only, "raised KeyError"),
            (weight_only, "'left.bias' is not in `state`"),
            (a_new_dict, "is not in `state`"),
        ],
        equivalent={"for name in ['bias', 'weight']:": COMMUTES},
    ),
}
