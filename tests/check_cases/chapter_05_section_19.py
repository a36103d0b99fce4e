"""Answers to the exercises of 05/19, one network six ways."""

import numpy as np
import torch
from torch import nn

from check_cases import Cases


def carry(W1, b1, W2, b2):
    layers = []
    for W, b in [(W1, b1), (W2, b2)]:
        layer = nn.Linear(*W.shape)
        layer.weight = nn.Parameter(torch.tensor(W.T))
        layer.bias = nn.Parameter(torch.tensor(b))
        layers.append(layer)
    return nn.Sequential(layers[0], nn.ReLU(), layers[1])


def by_state(W1, b1, W2, b2):
    net = nn.Sequential(nn.Linear(*W1.shape), nn.ReLU(), nn.Linear(*W2.shape))
    net.to(torch.from_numpy(W1).dtype)
    names = ["0.weight", "0.bias", "2.weight", "2.bias"]
    values = map(torch.tensor, [W1.T, b1, W2.T, b2])
    net.load_state_dict(dict(zip(names, values, strict=True)))
    return net


def with_layers(make):
    def answer(W1, b1, W2, b2):
        return nn.Sequential(make(W1, b1), nn.ReLU(), make(W2, b2))

    return answer


@with_layers
def sharing(W, b):
    layer = nn.Linear(*W.shape)
    layer.weight = nn.Parameter(torch.from_numpy(W).T)
    layer.bias = nn.Parameter(torch.from_numpy(b))
    return layer


@with_layers
def not_transposed(W, b):
    layer = nn.Linear(*W.shape)
    layer.weight = nn.Parameter(torch.tensor(W))
    layer.bias = nn.Parameter(torch.tensor(b))
    return layer


@with_layers
def only_where_it_fits(W, b):
    layer = nn.Linear(*W.shape).to(torch.tensor(W).dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(W if W.shape[0] == W.shape[1] else W.T))
        layer.bias.copy_(torch.tensor(b))
    return layer


@with_layers
def in_float32(W, b):
    layer = nn.Linear(*W.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(W.T))
        layer.bias.copy_(torch.tensor(b))
    return layer


@with_layers
def biases_at_zero(W, b):
    layer = nn.Linear(*W.shape).to(torch.tensor(W).dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(W.T))
        layer.bias.zero_()
    return layer


@with_layers
def no_bias(W, b):
    layer = nn.Linear(*W.shape, bias=False)
    layer.weight = nn.Parameter(torch.tensor(W.T))
    return layer


@with_layers
def frozen(W, b):
    layer = nn.Linear(*W.shape)
    layer.weight = nn.Parameter(torch.tensor(W.T), requires_grad=False)
    layer.bias = nn.Parameter(torch.tensor(b))
    return layer


def random_weights(W1, b1, W2, b2):
    net = nn.Sequential(nn.Linear(*W1.shape), nn.ReLU(), nn.Linear(*W2.shape))
    return net.to(torch.tensor(W1).dtype)


def without_relu(*arrays):
    net = carry(*arrays)
    return nn.Sequential(net[0], net[2])


def carry_back(net):
    W1, b1, W2, b2 = [value.detach().numpy().copy() for value in net.parameters()]
    return W1.T, b1, W2.T, b2


def by_state_back(net):
    state = net.state_dict()
    names = ["0.weight", "0.bias", "2.weight", "2.bias"]
    return [np.array(state[name].numpy()).T for name in names]


def untransposed_back(net):
    return [value.detach().numpy().copy() for value in net.parameters()]


def views(net):
    return [value.detach().numpy().T for value in net.parameters()]


def tensors(net):
    return [value.detach().clone().t() for value in net.parameters()]


def freezing(net):
    return [value.numpy().T.copy() for value in net.requires_grad_(False).parameters()]


def doubled(net):
    return [array.astype(np.float64) for array in carry_back(net)]


CASES = {
    "05.19a": Cases(
        solution=carry,
        also_right=[by_state],
        wrong=[
            (sharing, "training the network changes your arrays"),
            (not_transposed, "a Linear has a row for each output"),
            (only_where_it_fits, "transpose the weights"),
            (in_float32, "the arrays are float64"),
            (biases_at_zero, "the biases are missing"),
            (no_bias, "a weight and a bias each"),
            (frozen, "cannot be trained"),
            (random_weights, "the scores are those of"),
            (without_relu, "expected Linear, ReLU and Linear"),
            (lambda *arrays: [*carry(*arrays)], "got a list"),
        ],
        equivalent={
            "for layer, V, c in [(last, V2, c2), (first, V1, c1)]:": "the layers do not meet",
        },
    ),
    "05.19b": Cases(
        solution=carry_back,
        also_right=[by_state_back],
        wrong=[
            (untransposed_back, "a row for each input"),
            (views, "share the network's memory"),
            (tensors, "got a tensor"),
            (freezing, "detach first"),
            (doubled, "float64"),
            (lambda net: carry_back(net)[:2], "return 4 values"),
            (lambda net: [value.numpy() for value in net.parameters()], "detach"),
        ],
        equivalent={
            "return [p.detach().numpy().copy().T for p in network.parameters()]": (
                "the check's networks are on the CPU"
            ),
        },
    ),
}
