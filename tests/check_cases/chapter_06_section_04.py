"""Answers to the exercises of 06/04, the size of a network."""

import copy

import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks
from torchinfo import summary

from check_cases import Cases


def work(net, X):
    found, handles = {}, []
    for path, layer in net.named_modules():

        def hook(layer, inputs, output, path=path):
            found[path] = found.get(path, 0) + output.numel() * layer.weight[0].numel()

        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            handles.append(layer.register_forward_hook(hook))
    net(X)
    for handle in handles:
        handle.remove()
    return found


def listening(net, X, note, kinds=(nn.Linear, nn.Conv2d)):
    """Call net(X) once; after each call of such a layer, call note(path, layer, output)."""
    paths = {layer: path for path, layer in net.named_modules() if isinstance(layer, kinds)}
    handles = [
        layer.register_forward_hook(lambda layer, inputs, out: note(paths[layer], layer, out))
        for layer in paths
    ]
    try:
        net(X)
    finally:
        for handle in handles:
            handle.remove()


def by_formula(formula, kinds=(nn.Linear, nn.Conv2d), adds=True):
    def answer(net, X):
        found = {}

        def note(path, layer, output):
            before = found.get(path, 0) if adds else 0
            found[path] = before + formula(layer, output)

        listening(net, X, note, kinds)
        return found

    return answer


def sum_of_products(layer, output):
    return output.numel() * layer.weight[0].numel()


def by_places(layer, output):
    """Weights times places: the second size of a map's output is its channels."""
    if isinstance(layer, nn.Conv2d):
        return layer.weight.numel() * output[:, 0].numel()
    return layer.weight.numel() * (output.numel() // layer.out_features)


def by_sizes(layer, output):
    """The groups are forgotten."""
    if isinstance(layer, nn.Conv2d):
        height, width = layer.kernel_size
        return output.numel() * layer.in_channels * height * width
    return output.numel() * layer.in_features


def by_torchinfo(layer, output):
    if isinstance(layer, nn.Conv2d):
        return sum_of_products(layer, output)
    return output.shape[0] * layer.weight.numel()


def with_bias(layer, output):
    return sum_of_products(layer, output) + (0 if layer.bias is None else output.numel())


def hooks_stay(net, X):
    found = {}
    for path, layer in net.named_modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            layer.register_forward_hook(
                lambda layer, inputs, out, path=path: found.update(
                    {path: sum_of_products(layer, out)}
                )
            )
    net(X)
    return found


def last_path(net, X):
    """Each hook sees the path at which the loop has ended."""
    found, kinds = {}, (nn.Linear, nn.Conv2d)
    *_, last = (path for path, layer in net.named_modules() if isinstance(layer, kinds))
    listening(net, X, lambda path, layer, out: found.update({last: sum_of_products(layer, out)}))
    return found


def all_paths(net, X):
    right = work(net, X)
    kinds = (nn.Linear, nn.Conv2d)
    return {p: right.get(p, 0) for p, layer in net.named_modules() if isinstance(layer, kinds)}


def runs_twice(net, X):
    net(X)
    return work(net, X)


def in_eval_mode(net, X):
    net.eval()
    found = work(net, X)
    net.train()
    return found


def by_summary(net, X):
    return summary(net, input_data=X, verbose=0).total_mult_adds


def as_tensors(net, X):
    return {path: torch.tensor(number) for path, number in work(net, X).items()}


def kept(net, X, held=True, once=True):
    seen = {x.untyped_storage() for x in net.state_dict().values()} if held else set()
    sizes = []

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage not in seen:
            sizes.append(storage.nbytes())
            if once:
                seen.add(storage)
        return tensor.detach()

    with saved_tensors_hooks(pack, lambda saved: saved):
        out = net(X)
    del out
    return sum(sizes)


def batch_of(x, n):
    return torch.cat([x] * n)


def largest_batch(net, x, budget):
    one, two = (kept(copy.deepcopy(net), batch_of(x, n)) for n in (1, 2))
    each = two - one
    return max(0, (budget - (one - each)) // each)


def by_counting(net, x, budget):
    net = copy.deepcopy(net)
    n = 0
    while kept(net, batch_of(x, n + 1)) <= budget:
        n += 1
    return n


def by_halving(net, x, budget):
    net = copy.deepcopy(net).to("meta")
    low, high = 0, 1024
    while low < high:
        middle = (low + high + 1) // 2
        if kept(net, batch_of(x.to("meta"), middle)) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def by_measure(measure):
    def answer(net, x, budget):
        net = copy.deepcopy(net)
        n = 0
        while measure(net, x, n + 1) <= budget:
            n += 1
        return n

    return answer


def expanded(net, x, n):
    return kept(net, x.expand(n, *x.shape[1:]))


def without_parameters_only(net, x, n):
    buffers = sum(b.nbytes for b in net.buffers() if b.dim())
    return kept(net, batch_of(x, n)) + buffers


def in_place(net, x, budget):
    n = 0
    while kept(net, batch_of(x, n + 1)) <= budget:
        n += 1
    return n


def moved(net, x, budget):
    return in_place(net.to("meta"), x.to("meta"), budget)


def at_rest(net, x, budget):
    return largest_batch(copy.deepcopy(net).eval(), x, budget)


def left_at_rest(net, x, budget):
    found = largest_batch(net, x, budget)
    net.eval()
    return found


def unclipped(net, x, budget, fixed=True):
    one, two = (kept(copy.deepcopy(net), batch_of(x, n)) for n in (1, 2))
    return (budget - fixed * (2 * one - two)) // (two - one)


def top_layers(net, X):
    right = work(net, X)
    return {path: n for path, n in right.items() if "." not in path}


# Mutants of 06.4b that are right as well.
SAME = {
    "what the graph holds is not walked": [
        "return abs(tensor.detach())",
        "return -tensor.detach()",
        "dropped: return tensor.detach()",
        "return tensor",
        "with saved_tensors_hooks(pack, lambda saved: abs(saved)):",
        "with saved_tensors_hooks(pack, lambda saved: -saved):",
        "with saved_tensors_hooks(pack, lambda saved: int(saved)):",
    ],
    "the numbers of the batch do not count": [
        "return abs(torch.cat([x] * n))",
        "return -torch.cat([x] * n)",
    ],
    "an int that is not negative, already": [
        "return abs(sum(sizes))",
        "return int(sum(sizes))",
        "return abs(max(0, (budget - (one - each)) // each))",
        "return int(max(0, (budget - (one - each)) // each))",
        "return abs(max(0, (allowed - fixed) // each))",
        "return int(max(0, (allowed - fixed) // each))",
    ],
    "the larger of the same two": [
        "return max((budget - (one - each)) // each, 0)",
        "return max((allowed - fixed) // each, 0)",
    ],
}

CASES = {
    "06.4a": Cases(
        solution=work,
        also_right=[by_formula(sum_of_products), by_formula(by_places)],
        wrong=[
            (by_formula(sum_of_products, adds=False), "counts both of its calls"),
            (by_formula(lambda layer, out: 2 * sum_of_products(layer, out)), "count as one"),
            (by_formula(lambda layer, out: layer.weight.numel()), "count for the whole batch"),
            (by_formula(by_sizes), "with groups"),
            (by_formula(by_torchinfo), "has a sum of its own"),
            (by_formula(with_bias), "the bias is left out"),
            (
                by_formula(lambda layer, out: sum_of_products(layer, out) // len(out)),
                "count for the whole batch",
            ),
            (
                by_formula(sum_of_products, (nn.Linear, nn.Conv2d, nn.LayerNorm)),
                "is no Linear and no Conv2d",
            ),
            (hooks_stay, "take your own hooks off"),
            (last_path, "`path=path`"),
            (top_layers, "layers within layers"),
            (all_paths, "did not run"),
            (runs_twice, "ran 2 times"),
            (in_eval_mode, "mode has changed"),
            (by_summary, "expected a dict"),
            (as_tensors, "should be an int"),
            (lambda net, X: {f"net.{p}": n for p, n in work(net, X).items()}, "is no path"),
        ],
        equivalent={
            "found[path] = found.get(path, 0) + output.numel() * layer.weight[-1].numel()": (
                "the last neuron has as many weights as the first"
            ),
            "products = output.numel() * layer.weight[-1].numel()": (
                "the last neuron has as many weights as the first"
            ),
            "if isinstance(layer, (nn.Conv2d, nn.Linear)):": "the order of two classes",
        },
    ),
    "06.4b": Cases(
        solution=largest_batch,
        also_right=[by_counting, by_halving],
        wrong=[
            (
                lambda net, x, budget: budget // kept(copy.deepcopy(net), x),
                "does not keep n times",
            ),
            (lambda net, x, budget: largest_batch(net, x, budget - 1), "exactly `budget`"),
            (lambda net, x, budget: largest_batch(net, x, budget) + 1, "not even one fits"),
            (by_measure(expanded), "an expanded batch"),
            (
                by_measure(lambda net, x, n: kept(net, batch_of(x, n), once=False)),
                "count each storage once",
            ),
            (
                by_measure(lambda net, x, n: kept(net, batch_of(x, n), held=False)),
                "leave out the parameters",
            ),
            (by_measure(without_parameters_only), "leave out the buffers"),
            (in_place, "measure a copy"),
            (left_at_rest, "mode of the network"),
            (at_rest, "in train mode"),
            (unclipped, "not even one fits"),
            (lambda net, x, budget: unclipped(net, x, budget, fixed=False), "some is kept once"),
            (lambda net, x, budget: max(1, largest_batch(net, x, budget)), "not even one fits"),
            (moved, "move a copy of it"),
            (lambda net, x, budget: float(largest_batch(net, x, budget)), "return an int"),
        ],
        equivalent={line: reason for reason, lines in SAME.items() for line in lines},
    ),
}
