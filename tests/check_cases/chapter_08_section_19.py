"""Answers to the exercises of 08/19, borrowed networks."""

import copy
import re
from hashlib import sha256

from torch import nn

from check_cases import Cases


def kept_promise(name, content):
    match = re.search(r"-([0-9a-f]{8,})\.[^.-]*$", name)
    if match is None:
        raise ValueError(f"{name} promises no hash")
    return sha256(content).hexdigest().startswith(match[1])


def by_parts(name, content):
    start, point, _ = name.rpartition(".")
    _, dash, promise = start.rpartition("-")
    if not point or not dash or len(promise) < 8 or set(promise) - set("0123456789abcdef"):
        raise ValueError("no promise")
    return sha256(content).hexdigest()[: len(promise)] == promise


def eight_digits(name, content):
    kept_promise(name, content)
    return name[name.rindex("-") + 1 :][:8] == sha256(content).hexdigest()[:8]


def anywhere(name, content):
    kept_promise(name, content)
    return name[name.rindex("-") + 1 : name.rindex(".")] in sha256(content).hexdigest()


def first_dash(name, content):
    match = re.match(r"[^-]*-([0-9a-f]{8,})\.", name)
    if match is None:
        raise ValueError("no promise")
    return sha256(content).hexdigest().startswith(match[1])


def first_dot(name, content):
    return sha256(content).hexdigest().startswith(name.split(".")[0].rpartition("-")[2])


def as_the_library(name, content):
    match = re.search(r"-([a-f0-9]*)\.", name)
    if match is None:
        raise ValueError("no promise")
    return sha256(content).hexdigest().startswith(match[1])


def no_error(name, content):
    try:
        return kept_promise(name, content)
    except ValueError:
        return False


def in_capitals(name, content):
    return kept_promise(name.lower(), content)


def by_int(name, content):
    promise = name.rpartition(".")[0].rpartition("-")[2]
    if len(promise) < 8 or promise != promise.lower() or "-" not in name:
        raise ValueError("no promise")
    int(promise, 16)
    return sha256(content).hexdigest().startswith(promise)


def with_head(net, num_classes):
    linears = [path for path, part in net.named_modules() if isinstance(part, nn.Linear)]
    if not linears:
        raise ValueError("there is no nn.Linear to replace")
    parent, _, last = linears[-1].rpartition(".")
    old = net.get_submodule(linears[-1])
    new = nn.Linear(old.in_features, num_classes, bias=old.bias is not None, dtype=old.weight.dtype)
    setattr(net.get_submodule(parent), last, new)
    return net


def by_children(net, num_classes):
    place = None
    for parent in net.modules():
        for name, child in parent.named_children():
            if isinstance(child, nn.Linear):
                place = parent, name
    paths = [path for path, part in net.named_modules() if isinstance(part, nn.Linear)]
    if place is None:
        raise ValueError("no nn.Linear")
    outer = net.get_submodule(paths[-1].rpartition(".")[0])
    old = net.get_submodule(paths[-1])
    new = nn.Linear(old.in_features, num_classes, bias=old.bias is not None)
    outer._modules[paths[-1].rpartition(".")[2]] = new.to(old.weight.dtype)
    return net


def always_fc(net, num_classes):
    if with_no_linear(net):
        raise ValueError("no nn.Linear")
    net.fc = nn.Linear(6, num_classes)
    return net


def with_no_linear(net):
    return not any(isinstance(part, nn.Linear) for part in net.modules())


def first_one(net, num_classes):
    for path, part in net.named_modules():
        if isinstance(part, nn.Linear):
            parent, _, last = path.rpartition(".")
            new = nn.Linear(part.in_features, num_classes)
            setattr(net.get_submodule(parent), last, new)
            return net
    raise ValueError("no nn.Linear")


def top_level(net, num_classes):
    path = [path for path, part in net.named_modules() if isinstance(part, nn.Linear)][-1]
    setattr(net, path, nn.Linear(net.get_submodule(path).in_features, num_classes))
    return net


def changed_head(net, num_classes, **changes):
    old = [part for part in net.modules() if isinstance(part, nn.Linear)]
    net = with_head(net, num_classes)
    new = [part for part in net.modules() if isinstance(part, nn.Linear)][-1]
    if changes.get("bias"):
        new.bias = nn.Parameter(new.weight.detach().new_zeros(num_classes))
    if changes.get("single"):
        new.float()
    if changes.get("frozen"):
        new.requires_grad_(old[-1].weight.requires_grad)
    if changes.get("freeing"):
        net.requires_grad_(True)
    if changes.get("inputs"):
        new.in_features += 1
    return net


def same_size_kept(net, num_classes):
    linears = [part for part in net.modules() if isinstance(part, nn.Linear)]
    if linears and linears[-1].out_features == num_classes:
        return net
    return with_head(net, num_classes)


def no_return(net, num_classes):
    with_head(net, num_classes)


def head_returned(net, num_classes):
    with_head(net, num_classes)
    return [part for part in net.modules() if isinstance(part, nn.Linear)][-1]


def looked_first(net, num_classes):
    first = [part for part in net.modules() if isinstance(part, nn.Linear)]
    if first and isinstance(net, nn.Sequential):  # runs it, to see what its head makes
        net(first[0].weight.new_ones(2, first[0].in_features))
    return with_head(net, num_classes)


def in_eval_mode(net, num_classes):
    return with_head(net, num_classes).eval()


def by_set_submodule(net, num_classes):
    with_head(copy.deepcopy(net), num_classes)
    path = [path for path, part in net.named_modules() if isinstance(part, nn.Linear)][-1]
    new = copy.deepcopy(net.get_submodule(path)).requires_grad_(True)
    new.out_features = num_classes
    new.weight = nn.Parameter(new.weight.new_zeros(num_classes, new.in_features))
    if new.bias is not None:
        new.bias = nn.Parameter(new.bias.new_zeros(num_classes))
    net.set_submodule(path, new)
    return net


def never_refuses(net, num_classes):
    return net if with_no_linear(net) else with_head(net, num_classes)


def another_error(net, num_classes):
    [part for part in net.modules() if isinstance(part, nn.Linear)][-1]
    return with_head(net, num_classes)


CASES = {
    "08.19a": Cases(
        solution=kept_promise,
        also_right=[by_parts],
        wrong=[
            (eight_digits, "begin with all digits"),
            (anywhere, "begin with all digits"),
            (first_dash, "raised ValueError"),
            (first_dot, "does begin with"),
            (as_the_library, "the name promises nothing"),
            (no_error, "the name promises nothing"),
            (in_capitals, "the name promises nothing"),
            (by_int, "the name promises nothing"),
            (lambda name, content: bool(content) and kept_promise(name, content), "a hash too"),
            (lambda name, content: sha256(content).hexdigest(), "bool"),
        ],
    ),
    "08.19b": Cases(
        solution=with_head,
        also_right=[by_children, by_set_submodule],
        wrong=[
            (always_fc, "other parts than before"),
            (first_one, "old head is still there"),
            (top_level, "other parts than before"),
            (lambda net, n: changed_head(net, n, bias=True), "a bias where the old one"),
            (lambda net, n: changed_head(net, n, single=True), "dtype"),
            (lambda net, n: changed_head(net, n, frozen=True), "is frozen"),
            (lambda net, n: changed_head(net, n, freeing=True), "requires_grad of another"),
            (lambda net, n: changed_head(net, n, inputs=True), "it should make"),
            (same_size_kept, "old head is still there"),
            (looked_first, "the numbers of '1.running_mean' have changed"),
            (in_eval_mode, "in another mode than before"),
            (no_return, "returned None"),
            (head_returned, "return net itself"),
            (never_refuses, "no head to replace"),
            (another_error, "expected a ValueError"),
        ],
    ),
}
