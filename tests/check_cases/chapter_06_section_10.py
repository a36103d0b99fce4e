"""Answers to the exercises of 06/10, lazy initialization."""

import copy

import torch

from check_cases import Cases

WHY = "a count is a whole number and not negative"
ON_META = "meta takes inputs of another dtype in these bodies"


def settle(net, X):
    modes = {part: part.training for part in net.modules()}
    net.eval()
    with torch.no_grad():
        net(X)
    for part, training in modes.items():
        part.training = training
    return net


def by_list(net, X):
    modes = [part.training for part in net.modules()]
    with torch.no_grad():
        net.eval()(X)
    for part, mode in zip(net.modules(), modes, strict=True):
        part.training = mode
    return net


def with_gradients_on(net, X):
    modes = {name: part.training for name, part in net.named_modules()}
    net.eval()(X)
    for name, part in net.named_modules():
        part.training = modes[name]
    return net


def by_forward(net, X):
    modes = {part: part.training for part in net.modules()}
    net.eval().forward(X)
    for part, training in modes.items():
        part.training = training
    return net


def with_one_sample(net, X):
    return settle(net, X[:1])


def with_zeros(net, X):
    return settle(net, torch.zeros_like(X))


def for_inference(net, X):
    with torch.inference_mode():
        return settle(net, X)


def mode_of_the_whole(net, X):
    training = net.training
    net.eval()
    with torch.no_grad():
        net(X)
    return net.train(training)


def left_in_eval(net, X):
    net.eval()
    with torch.no_grad():
        net(X)
    return net


def as_it_stands(net, X):
    net(X)
    return net


def output(net, X):
    return settle(net, X)(X)


def never_run(net, X):
    return net


def of_a_copy(net, X):
    return settle(copy.deepcopy(net), X)


def learns_nothing(net, X):
    return settle(net, X).requires_grad_(False)


def takes_a_slope(net, X):
    settle(net, X)
    for parameter in net.parameters():
        parameter.grad = torch.zeros_like(parameter)
    return net


def output_size(body, shape):
    dummy = copy.deepcopy(body).to("meta").eval()
    return dummy(torch.zeros(1, *shape, device="meta", dtype=dtype_of(body))).numel()


def dtype_of(body):
    return next((p.dtype for p in body.parameters()), torch.float32)


def real_zeros(body, shape):
    with torch.no_grad():
        return copy.deepcopy(body).eval()(torch.zeros(1, *shape, dtype=dtype_of(body))).numel()


def in_place(body, shape):
    modes = {part: part.training for part in body.modules()}
    with torch.no_grad():
        found = body.eval()(torch.zeros(1, *shape, dtype=dtype_of(body)))
    for part, mode in modes.items():
        part.training = mode
    return int(found[0].numel())


def in_float32(body, shape):
    return copy.deepcopy(body).eval()(torch.zeros(1, *shape)).numel()


def on_meta_itself(body, shape):
    return body.to("meta").eval()(torch.zeros(1, *shape, device="meta")).numel()


def in_train_mode(body, shape):
    return body(torch.zeros(2, *shape, dtype=dtype_of(body)))[0].numel()


def in_train_mode_one(body, shape):
    return body(torch.zeros(1, *shape, dtype=dtype_of(body))).numel()


def eval_left(body, shape):
    return body.eval()(torch.zeros(1, *shape, dtype=dtype_of(body))).numel()


def last_size(body, shape):
    dummy = copy.deepcopy(body).eval()
    return dummy(torch.zeros(1, *shape, dtype=dtype_of(body))).shape[-1]


def of_the_batch(body, shape):
    dummy = copy.deepcopy(body).eval()
    return dummy(torch.zeros(2, *shape, dtype=dtype_of(body))).numel()


def the_shape(body, shape):
    dummy = copy.deepcopy(body).eval()
    return dummy(torch.zeros(1, *shape, dtype=dtype_of(body))).shape


CASES = {
    "06.10a": Cases(
        solution=settle,
        wrong=[
            (mode_of_the_whole, "a part's mode has changed"),
            (left_in_eval, "a part's mode has changed"),
            (as_it_stands, "running statistics have moved"),
            (output, "return the network that was given"),
            (of_a_copy, "your function raised"),
            (never_run, "is still uninitialised"),
            (learns_nothing, "does not require a gradient"),
            (takes_a_slope, "have gradients now"),
            (by_forward, "not net.forward(X)"),
            (with_one_sample, "pass the whole X through it"),
            (with_zeros, "ran with another batch"),
            (for_inference, "cannot be trained; use no_grad"),
        ],
        also_right=[by_list, with_gradients_on],
    ),
    "06.10b": Cases(
        solution=output_size,
        wrong=[
            (in_float32, "your function raised"),
            (on_meta_itself, "the body is on meta now"),
            (in_train_mode, "the body has changed"),
            (in_train_mode_one, "the body has changed"),
            (eval_left, "a part's mode has changed"),
            (last_size, "count all numbers"),
            (of_the_batch, "count all numbers"),
            (the_shape, "return an int"),
        ],
        also_right=[real_zeros, in_place],
        equivalent={
            **{
                f"return {function}(dummy(torch.zeros(1, *shape, {where})).numel())": WHY
                for function in ("abs", "int")
                for where in ("device='meta'", "device='meta', dtype=dtype_of(body)")
            },
            "return dummy(torch.zeros(1, *shape, device='meta')).numel()": ON_META,
            "dropped: return next((p.dtype for p in body.parameters()), torch.float32)": ON_META,
        },
    ),
}
