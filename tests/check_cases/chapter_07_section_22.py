"""Answers to the exercises of 07/22, int8 by the library."""

import copy

import torch
from torch import nn

from check_cases import NOT_NEGATIVE, WHOLE, Cases

EVEN = "n is even"
PROMOTES = "int32 and int8 make int32"
WIDE = "the sum of int8 is int64"


def bytes_after(net):
    total = 0
    weights = set()
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            weights.add(id(layer.weight))
            total += layer.weight.numel() + 5 * layer.out_features
    for parameter in net.parameters():
        if id(parameter) not in weights:
            total += parameter.nbytes
    return total


def by_names(net):
    return sum(
        p.numel() + 5 * len(p)
        if name.endswith("weight") and isinstance(net.get_submodule(name[:-7]), nn.Linear)
        else 4 * p.numel()
        for name, p in net.named_parameters()
    )


def by_children(net):
    total = 4 * sum(p.numel() for p in net.parameters(recurse=False))
    if isinstance(net, nn.Linear):
        total += 5 * len(net.weight) - 3 * net.weight.numel()
    return total + sum(by_children(child) for child in net.children())


def replacing(net):
    total = bytes_after(net)
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            layer.weight = nn.Parameter(layer.weight.detach().clone())
    return total


def on_a_copy(net):
    return replacing(copy.deepcopy(net))


def linear_or_own(net):
    total = 0
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            total += layer.weight.numel() + 5 * layer.out_features
            total += 0 if layer.bias is None else 4 * layer.bias.numel()
        else:
            total += 4 * sum(p.numel() for p in layer.parameters(recurse=False))
    return total


def before(net):
    return sum(p.nbytes for p in net.parameters())


def without_rows(net):
    weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
    return before(net) - 3 * sum(w.numel() for w in weights)


def scales_only(net):
    weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
    return before(net) + sum(4 * len(w) - 3 * w.numel() for w in weights)


def one_scale(net):
    weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
    return before(net) + sum(5 - 3 * w.numel() for w in weights)


def of_columns(net):
    weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
    return before(net) + sum(5 * w.shape[1] - 3 * w.numel() for w in weights)


def all_matrices(net):
    return sum(p.numel() + 5 * len(p) if p.dim() > 1 else 4 * p.numel() for p in net.parameters())


def biases_too(net):
    weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
    return sum(p.numel() for p in net.parameters()) + sum(5 * len(w) for w in weights)


def linear_alone(net):
    weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
    return sum(w.numel() + 5 * len(w) for w in weights)


def children_only(net):
    weights = [m.weight for m in net.children() if isinstance(m, nn.Linear)]
    return before(net) + sum(5 * len(w) - 3 * w.numel() for w in weights)


def exact_type(net):
    weights = [m.weight for m in net.modules() if type(m) is nn.Linear]
    return before(net) + sum(5 * len(w) - 3 * w.numel() for w in weights)


def with_buffers(net):
    return bytes_after(net) + 4 * sum(b.numel() for b in net.buffers())


def of_state_dict(net):
    weights = {f"{k}.weight" for k, m in net.named_modules() if isinstance(m, nn.Linear)}
    weights |= {"weight"} if isinstance(net, nn.Linear) else set()
    return sum(
        v.numel() + 5 * len(v) if k in weights else v.nbytes for k, v in net.state_dict().items()
    )


def clipped_sum(q_x, q_w):
    products = (q_x.to(torch.int32) + 128) * q_w
    pairs = products[::2] + products[1::2]
    return (pairs.clamp(-32768, 32767).sum() - 128 * q_w.sum()).item()


def by_loop(q_x, q_w):
    xs, ws, total = q_x.tolist(), q_w.tolist(), 0
    for i in range(0, len(xs), 2):
        pair = (xs[i] + 128) * ws[i] + (xs[i + 1] + 128) * ws[i + 1]
        total += min(max(pair, -32768), 32767)
    return total - 128 * sum(ws)


def plain(q_x, q_w):
    return (q_x.int() * q_w.int()).sum().item()


def without_back(q_x, q_w):
    products = (q_x.int() + 128) * q_w.int()
    return products.reshape(-1, 2).sum(dim=1).clamp(-32768, 32767).sum().item()


def without_shift(q_x, q_w):
    products = q_x.int() * q_w.int()
    return products.reshape(-1, 2).sum(dim=1).clamp(-32768, 32767).sum().item()


def symmetric(q_x, q_w):
    products = (q_x.int() + 128) * q_w.int()
    pairs = products.reshape(-1, 2).sum(dim=1).clamp(-32767, 32767)
    return (pairs.sum() - 128 * q_w.sum()).item()


def halves(q_x, q_w):
    products = (q_x.int() + 128) * q_w.int()
    pairs = products.reshape(2, -1).sum(dim=0).clamp(-32768, 32767)
    return (pairs.sum() - 128 * q_w.sum()).item()


def single(q_x, q_w):
    products = ((q_x.int() + 128) * q_w.int()).clamp(-32768, 32767)
    return (products.sum() - 128 * q_w.sum()).item()


def the_whole(q_x, q_w):
    products = (q_x.int() + 128) * q_w.int()
    return (products.sum().clamp(-32768, 32767) - 128 * q_w.sum()).item()


def in_bytes(q_x, q_w):
    products = (q_x + 128) * q_w
    pairs = products.reshape(-1, 2).sum(dim=1).clamp(-32768, 32767)
    return (pairs.sum() - 128 * q_w.sum()).item()


def cut_to_sixteen(q_x, q_w):
    products = (q_x.int() + 128) * q_w.int()
    pairs = products.reshape(-1, 2).sum(dim=1).to(torch.int16)
    return (pairs.sum() - 128 * q_w.sum()).item()


def cut_by_the_shift(q_x, q_w):
    products = (q_x.int() + 127) * q_w.int()
    pairs = products.reshape(-1, 2).sum(dim=1).clamp(-32768, 32767)
    return (pairs.sum() - 127 * q_w.sum()).item()


def wraps_at_last(q_x, q_w):
    products = (q_x.int() + 128) * q_w
    pairs = products.reshape(-1, 2).sum(dim=1).clamp(-32768, 32767)
    return (pairs.sum() - (128 * q_w).sum()).item()


def in_floats(q_x, q_w):
    products = (q_x.float() + 128) * q_w.float()
    pairs = products.reshape(-1, 2).sum(dim=1).clamp(-32768, 32767)
    return int(pairs.sum() - 128 * q_w.float().sum())


CASES = {
    "07.22a": Cases(
        solution=bytes_after,
        also_right=[by_names, by_children, on_a_copy],
        wrong=[
            (before, "these are the bytes before"),
            (without_rows, "each row takes five more"),
            (scales_only, "zero point takes one byte"),
            (one_scale, "not each layer"),
            (of_columns, "these are columns"),
            (all_matrices, "stays float32"),
            (biases_too, "stays float32"),
            (linear_alone, "other parameters are there"),
            (children_only, "modules within modules"),
            (exact_type, "ask with isinstance"),
            (linear_or_own, "may have more parameters"),
            (replacing, "changed the network"),
            (with_buffers, "no buffers"),
            (of_state_dict, "no buffers"),
            (lambda net: float(bytes_after(net)), "return an int"),
        ],
        equivalent={
            "return abs(total)": NOT_NEGATIVE,
            "return int(total)": "it is an int",
        },
    ),
    "07.22b": Cases(
        solution=clipped_sum,
        also_right=[by_loop],
        wrong=[
            (plain, "cut the sums of two neighbours"),
            (without_back, "128 times the sum of q_w"),
            (without_shift, "add 128 to each number"),
            (symmetric, "-32,768"),
            (halves, "the first and the second"),
            (single, "cut the sums of two neighbours"),
            (the_whole, "not the sum of all"),
            (in_bytes, "int8 wraps around"),
            (cut_to_sixteen, "shift, multiply"),
            (wraps_at_last, "cast q_w to int32"),
            (in_floats, "too few digits"),
            (cut_by_the_shift, "shift, multiply"),
            (lambda q_x, q_w: float(clipped_sum(q_x, q_w)), "return an int"),
        ],
        equivalent={
            "pairs = products[:-1:2] + products[1::2]": EVEN,
            "return int((pairs.clamp(-32768, 32767).sum() - 128 * q_w.sum()).item())": WHOLE,
            "return int((pairs.sum() - 128 * weights.int().sum()).item())": WHOLE,
            "products = (inputs.int() + 128) * weights": PROMOTES,
            "return (pairs.sum() - 128 * weights.sum()).item()": WIDE,
        },
    ),
}
