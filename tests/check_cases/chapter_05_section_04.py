"""Answers to the exercises of 05/04, losses."""

import torch
import torch.nn.functional as F

from check_cases import Cases

NO_SIGN = "a square has no sign"


def squared_loss(y_hat, y, reduction):
    if y_hat.shape != y.shape:
        raise ValueError(f"shapes {y_hat.shape} and {y.shape} differ")
    squares = (y_hat - y) ** 2
    if reduction == "none":
        return squares
    if reduction == "mean":
        return squares.mean()
    if reduction == "sum":
        return squares.sum()
    raise ValueError(f"unknown reduction {reduction}")


def by_a_dict(y_hat, y, reduction):
    reduce = {"none": lambda x: x, "mean": torch.mean, "sum": torch.sum}
    if reduction not in reduce or y_hat.size() != y.size():
        raise ValueError("no")
    return reduce[reduction]((y - y_hat).square())


def checks_itself(y_hat, y, reduction):
    if list(y_hat.shape) != list(y.shape):
        raise ValueError("shapes")
    error = (y_hat - y).flatten()
    match reduction:
        case "none":
            return (error * error).reshape(y.shape)
        case "sum":
            return error @ error
        case "mean":
            return (error @ error) / error.numel()
    raise ValueError("reduction")


def takes_all_shapes(y_hat, y, reduction):
    return getattr((y_hat - y) ** 2, reduction)() if reduction != "none" else (y_hat - y) ** 2


def refuses_sizes(y_hat, y, reduction):
    if y_hat.numel() != y.numel():
        raise ValueError("sizes")
    return by_a_dict(y_hat.reshape(-1, 1), y.reshape(-1, 1), reduction).reshape(
        y_hat.shape if reduction == "none" else ()
    )


def asserts(y_hat, y, reduction):
    assert y_hat.shape == y.shape
    return squared_loss(y_hat, y, reduction)


def mean_for_the_rest(y_hat, y, reduction):
    if reduction in ("none", "sum"):
        return squared_loss(y_hat, y, reduction)
    return squared_loss(y_hat, y, "mean")


def always(which):
    return lambda y_hat, y, reduction: squared_loss(y_hat, y, which)


def library(y_hat, y, reduction):
    if y_hat.shape != y.shape:
        raise ValueError("shapes")
    return F.mse_loss(y_hat, y, reduction=reduction)


def prints(y_hat, y, reduction):
    if y_hat.shape != y.shape:
        return None
    return squared_loss(y_hat, y, reduction)


def huber_slope(error, delta):
    return error.clamp(-delta, delta)


def by_where(error, delta):
    return torch.where(error.abs() <= delta, error, delta * error.sign())


def by_masks(error, delta):
    slope = error.clone()
    slope[error > delta] = delta
    slope[error < -delta] = -delta
    return slope


def by_autograd(error, delta):
    x = error.clone().requires_grad_()
    F.huber_loss(x, torch.zeros_like(x), delta=delta, reduction="sum").backward()
    return x.grad


def loss_itself(error, delta):
    return F.huber_loss(error, torch.zeros_like(error), delta=delta, reduction="none")


def loss_by_hand(error, delta):
    outside = delta * (error.abs() - delta / 2)
    return torch.where(error.abs() <= delta, error**2 / 2, outside)


def outside_is(value):
    return lambda error, delta: torch.where(error.abs() <= delta, error, value(error, delta))


CASES = {
    "05.4a": Cases(
        solution=squared_loss,
        also_right=[by_a_dict, checks_itself],
        wrong=[
            (takes_all_shapes, "it should raise a ValueError, and returned a tensor"),
            (refuses_sizes, "y_hat of shape (4, 1), y of shape (4,)"),
            (asserts, "raise a ValueError; this is AssertionError"),
            (mean_for_the_rest, "reduction = 'median': it should raise a ValueError"),
            (always("mean"), "this is 'mean'"),
            (always("sum"), "this is 'sum'"),
            (always("none"), "this is 'none'"),
            (library, "this is the library's loss"),
            (prints, "and returned None"),
            (
                lambda y_hat, y, reduction: squared_loss(y_hat, y, reduction).sqrt(),
                "this is the root",
            ),
            (
                lambda y_hat, y, reduction: squared_loss(y_hat, y, reduction) / 2,
                "there is no half",
            ),
            (
                lambda y_hat, y, reduction: squared_loss(y_hat, y, reduction).tolist(),
                "expected a tensor",
            ),
        ],
        equivalent={
            "squares = (y - y_hat) ** 2": NO_SIGN,
            "squares = (truth - guesses) ** 2": NO_SIGN,
            "return abs(squares)": NO_SIGN,
            "return abs(squares.mean())": NO_SIGN,
            "return abs(squares.sum())": NO_SIGN,
        },
    ),
    "05.4b": Cases(
        solution=huber_slope,
        also_right=[by_where, by_masks],
        wrong=[
            (loss_by_hand, "this is the loss"),
            (by_autograd, "without autograd"),
            (loss_itself, "without autograd"),
            (lambda error, delta: huber_slope(error, delta).abs(), "a slope has a sign"),
            (lambda error, delta: -huber_slope(error, delta), "the sign is turned round"),
            (outside_is(lambda error, delta: error.sign()), "`delta`, not 1"),
            (lambda error, delta: huber_slope(error / delta, 1), "smooth L1"),
            (
                lambda error, delta: torch.where(
                    error.abs() <= delta, 2 * error, delta * error.sign()
                ),
                "the square has a half in front",
            ),
            (lambda error, delta: error, "outside it stays at `delta`"),
            (lambda error, delta: error.clamp(-1, 1), "the slope for a `delta` of 1"),
            (outside_is(lambda error, delta: torch.full_like(error, delta)), "is minus `delta`"),
            (outside_is(lambda error, delta: torch.zeros_like(error)), "the loss still rises"),
            (lambda error, delta: error.clamp(max=delta), "inside the slope is the error"),
            (lambda error, delta: huber_slope(error, delta).mean(), "expected shape"),
        ],
    ),
}
