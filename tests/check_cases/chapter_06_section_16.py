"""Answers to the exercises of 06/16, networks on meta."""

from torch import nn

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def size(x):
    return x.numel() * x.element_size()


def training_bytes(net):
    total = 0
    for p in net.parameters():
        copies = 4 if p.requires_grad else 1
        total += copies * size(p)
    return total + sum(size(b) for b in net.buffers())


def in_one_sum(net):
    parts = [*net.parameters(), *net.buffers()]
    weights = sum(x.numel() * x.dtype.itemsize for x in parts)
    return weights + 3 * sum(p.nbytes for p in net.parameters() if p.requires_grad)


def by_storages(net):
    return sum(4 * p.nbytes if p.requires_grad else p.nbytes for p in set(net.parameters())) + sum(
        b.untyped_storage().nbytes() for _, b in net.named_buffers()
    )


def times(number, frozen=1, buffers=1):
    def count(net):
        total = sum((number if p.requires_grad else frozen) * size(p) for p in net.parameters())
        return total + buffers * sum(size(b) for b in net.buffers())

    return count


def counted_twice(net):
    named = net.named_parameters(remove_duplicate=False)
    return 4 * sum(size(p) for _, p in named) + sum(size(b) for b in net.buffers())


def four_bytes_each(net):
    total = sum((16 if p.requires_grad else 4) * p.numel() for p in net.parameters())
    return total + sum(size(b) for b in net.buffers())


def of_the_state(net):
    return 4 * sum(size(x) for x in net.state_dict().values())


def fill(net, weights):
    wanted = net.state_dict()
    cast = {key: x.to(wanted[key].dtype) for key, x in weights.items()}
    net.load_state_dict(cast, assign=True)
    named = [*net.named_parameters(), *net.named_buffers()]
    return [key for key, x in named if x.is_meta]


def by_setting(net, weights):
    for path, x in weights.items():
        place, _, name = path.rpartition(".")
        module = net.get_submodule(place)
        if name in module._parameters:
            old = module._parameters[name]
            module._parameters[name] = nn.Parameter(x.to(old.dtype), old.requires_grad)
        else:
            module._buffers[name] = x.to(module._buffers[name].dtype)
    names = [name for name, p in net.named_parameters() if p.device.type == "meta"]
    return names + [name for name, b in net.named_buffers() if b.device.type == "meta"]


def cast_afterwards(net, weights):
    dtypes = {name: x.dtype for name, x in net.state_dict().items()}
    net.load_state_dict(dict(weights), assign=True)
    for name, x in net.state_dict(keep_vars=True).items():
        x.data = x.data.to(dtypes[name])
    return [n for n, x in [*net.named_parameters(), *net.named_buffers()] if x.is_meta]


def without_assign(net, weights):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        net.load_state_dict(weights)
    return []


def of_the_file(net, weights):
    net.load_state_dict(weights, assign=True)
    return [n for n, x in [*net.named_parameters(), *net.named_buffers()] if x.is_meta]


def by_to_empty(net, weights):
    net.to_empty(device="cpu")
    net.load_state_dict(weights)
    return [n for n, _ in net.named_buffers() if n not in weights]


def parameters_only(net, weights):
    fill(net, weights)
    return [n for n, p in net.named_parameters() if p.is_meta]


def changes_the_dict(net, weights):
    wanted = net.state_dict()
    for key in weights:
        weights[key] = weights[key].clone().to(wanted[key].dtype)
    return fill(net, weights)


def sorted_names(net, weights):
    return sorted(fill(net, weights))


def all_names(net, weights):
    fill(net, weights)
    return [n for n, _ in [*net.named_parameters(), *net.named_buffers()]]


def returns_keys(net, weights):
    return net.load_state_dict(weights, assign=True)


def tables_filled(net, weights):
    left = fill(net, weights)
    for module in net.modules():
        for name, b in module._buffers.items():
            if b.is_meta:
                module._buffers[name] = b.new_zeros(b.shape, device="cpu")
    return left


CASES = {
    "06.16a": Cases(
        solution=training_bytes,
        also_right=[in_one_sum, by_storages],
        wrong=[
            (times(1), "this is the network alone"),
            (times(2), "Adam keeps two numbers more"),
            (times(3), "make four in all"),
            (times(4, buffers=0), "buffers take memory too"),
            (times(4, frozen=0), "frozen parameters take memory too"),
            (times(4, frozen=4), "a frozen parameter has no gradient"),
            (times(4, frozen=4, buffers=4), "frozen"),
            (counted_twice, "counts once"),
            (four_bytes_each, "ask `element_size()`"),
            (of_the_state, "counts once"),
            (lambda net: sum(4 * p.numel() for p in net.parameters()), "this is the network alone"),
            (lambda net: sum(16 * p.numel() + 4 for p in net.parameters()), "add up the bytes"),
            (lambda net: float(training_bytes(net)), "expected a number (int)"),
        ],
        equivalent={
            line.format(change): why
            for line in [
                "return {}(x.numel() * x.element_size())",
                "return {}(total + sum((size(b) for b in net.buffers())))",
                "return {}(total)",
            ]
            for change, why in [("abs", NOT_NEGATIVE), ("int", WHOLE)]
        },
    ),
    "06.16b": Cases(
        solution=fill,
        also_right=[by_setting, lambda net, weights: tuple(fill(net, weights))],
        wrong=[
            (without_assign, "copying does nothing"),
            (of_the_file, "on meta, and is"),
            (cast_afterwards, "changed its input"),
            (by_to_empty, "was copied; hand it over"),
            (parameters_only, "name each parameter and buffer"),
            (changes_the_dict, "leave it as it was"),
            (sorted_names, "in the order of the network"),
            (all_names, "these are all names"),
            (returns_keys, "return names, which are texts"),
            (tables_filled, "report it, do not fill it"),
        ],
        equivalent={
            "named = [*net.named_buffers(), *net.named_parameters()]": (
                "the dict holds all parameters, so buffers alone are left"
            )
        },
    ),
}
