"""Answers to the exercises of 07/19, exporting a network."""

import copy

import torch
from torch.export import Dim, export

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def portable(net, X):
    twin = copy.deepcopy(net).eval()
    rows = torch.cat([X, X])
    return export(twin, (rows,), dynamic_shapes=({0: Dim("rows")},))


def by_modes(net, X):
    modes = {part: part.training for part in net.modules()}
    net.eval()
    program = export(net, (torch.zeros(3, *X.shape[1:]),), dynamic_shapes=({0: Dim.DYNAMIC},))
    for part, mode in modes.items():
        part.training = mode
    return program


def as_it_is(net, X):
    rows = torch.cat([X, X])
    return export(net, (rows,), dynamic_shapes=({0: Dim("rows")},))


def stays_in_eval(net, X):
    return export(net.eval(), (torch.cat([X, X]),), dynamic_shapes=({0: Dim("rows")},))


def mode_of_the_whole(net, X):
    mode = net.training
    program = stays_in_eval(net, X)
    net.train(mode)
    return program


def fixed_size(net, X):
    return export(copy.deepcopy(net).eval(), (torch.cat([X, X]),))


def at_most_32(net, X):
    rows = torch.cat([X, X])
    sizes = ({0: Dim("rows", max=32)},)
    return export(copy.deepcopy(net).eval(), (rows,), dynamic_shapes=sizes)


def from_one_row(net, X):
    return export(copy.deepcopy(net).eval(), (X.clone(),), dynamic_shapes=({0: Dim("rows")},))


def takes_the_table(net, X):
    rows = torch.cat([X, X]) if len(X) == 1 else X
    return export(copy.deepcopy(net).eval(), (rows,), dynamic_shapes=({0: Dim("rows")},))


def runs_it_first(net, X):
    net(torch.cat([X, X]))
    return portable(net, X)


def more_copies(net, X):
    rows = torch.cat([X, X, X, X])
    return export(copy.deepcopy(net).eval(), (rows,), dynamic_shapes=({0: Dim.AUTO},))


def drawn_rows(net, X):
    rows = torch.randn(16, *X.shape[1:])
    return export(copy.deepcopy(net).eval(), (rows,), dynamic_shapes=({0: Dim("rows")},))


def stretched(net, X):
    rows = X[:1].expand(2, *X.shape[1:])
    return export(copy.deepcopy(net).eval(), (rows,), dynamic_shapes=({0: Dim("rows")},))


def learns_no_more(net, X):
    return portable(net.requires_grad_(False), X)


def only_the_module(net, X):
    return portable(net, X).module()


def scaled(X):
    largest = X.amax(dim=(1, 2, 3), keepdim=True)
    return torch.where(largest > 1, X / 255, X)


def by_a_factor(X):
    bright = (X.flatten(1).max(dim=1).values > 1).float()
    return X / (1 + 254 * bright)[:, None, None, None]


def whole_batch(X):
    return X / 255 if X.max() > 1 else X


def by_cond(X):
    return torch.cond(X.max() > 1, lambda X: X / 255, torch.clone, (X,))


def by_python(X):
    parts = [x / 255 if x.max() > 1 else x for x in X]
    return torch.stack(parts)


def by_loop(X):
    return torch.stack([torch.where(x.amax() > 1, x / 255, x) for x in X])


def by_len(X):
    largest = X.reshape(len(X), -1).amax(dim=1)
    return torch.where(largest[:, None, None, None] > 1, X / 255, X)


def each_pixel(X):
    return torch.where(X > 1, X / 255, X)


def by_mean(X):
    return torch.where(X.mean(dim=(1, 2, 3), keepdim=True) > 1, X / 255, X)


def one_itself(X):
    return torch.where(X.amax(dim=(1, 2, 3), keepdim=True) >= 1, X / 255, X)


def by_largest(X):
    return X / X.amax(dim=(1, 2, 3), keepdim=True).clamp(min=1)


def in_place(X):
    return X.copy_(scaled(X))


def each_channel(X):
    return torch.where(X.amax(dim=(2, 3), keepdim=True) > 1, X / 255, X)


def by_whole_numbers(X):
    whole = (X.round() == X).flatten(1).all(dim=1)[:, None, None, None]
    return torch.where(whole, X / 255, X)


def well_above_1(X):
    return torch.where(X.amax(dim=(1, 2, 3), keepdim=True) > 1.5, X / 255, X)


def at_marked_places(X):
    Z = X.clone()
    large = Z.amax(dim=(1, 2, 3)) > 1
    Z[large] = Z[large] / 255
    return Z


def first_channel(X):
    largest = X[:, :1].amax(dim=(1, 2, 3), keepdim=True)
    return torch.where(largest > 1, X / 255, X)


CASES = {
    "07.19a": Cases(
        solution=portable,
        also_right=[by_modes, more_copies, drawn_rows],
        wrong=[
            (as_it_is, "which mode is in it"),
            (stays_in_eval, "another mode than before"),
            (mode_of_the_whole, "another mode than before"),
            (fixed_size, "name dimension 0 in dynamic_shapes"),
            (at_most_32, "called with 300 rows"),
            (from_one_row, "constant (1)"),
            (takes_the_table, "copy the rows"),
            (stretched, "copy the rows"),
            (learns_no_more, "would learn no more"),
            (runs_it_first, "ran in train mode"),
            (only_the_module, "return what torch.export.export returns"),
        ],
    ),
    "07.19b": Cases(
        solution=scaled,
        also_right=[by_a_factor, at_marked_places],
        wrong=[
            (whole_batch, "ask each picture"),
            (by_cond, "ask each picture"),
            (by_python, "An `if` asks a tensor"),
            (by_loop, "plain number of the batch size"),
            (by_len, "plain number of the batch size"),
            (each_pixel, "not each pixel"),
            (by_mean, "not for the mean"),
            (one_itself, "not 1 itself"),
            (by_largest, "not by the largest value"),
            (in_place, "changed its input"),
            (each_channel, "ask each picture, not each channel"),
            (by_whole_numbers, "largest value is above 1"),
            (well_above_1, "largest value is above 1"),
            (first_channel, "largest value is above 1"),
            (lambda X: X / 255, "all pictures are divided"),
            (lambda X: X.clone(), "no picture is divided"),
        ],
        equivalent={
            "largest = X.amax(dim=(2, 1, 3), keepdim=True)": COMMUTES,
            "largest = X.amax(dim=(1, 3, 2), keepdim=True)": COMMUTES,
            "return abs(torch.where(largest > 1, X / 255, X))": NOT_NEGATIVE,
        },
    ),
}
