"""Checks of 05/02, activations."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given


@exercise("05.2a")
def elu(answer: Any) -> None:
    """The exponential linear unit, and its gradient where the exponential overflows."""
    for numbers, dtype in [
        ([-2.0, -0.5, 0.25, 3.0], torch.float32),
        ([[1.5, -1.5], [-0.125, 0.0]], torch.float32),
        ([-30.0, 1e-3, 40.0], torch.float64),
        (-0.75, torch.float32),
        ([], torch.float32),
        ([100.0, -100.0, 1e4, -1e4], torch.float32),
    ]:
        z = torch.tensor(numbers, dtype=dtype)
        falling = torch.exp(z.clamp(max=0)) - 1
        with given(z=z):
            want = torch.where(z > 0, z, falling)
            expect_equal(
                expect_tensor(call(answer, z)),
                want,
                usual=[
                    (torch.where(z > 0, z, falling + 1), "the 1 is not subtracted"),
                    (torch.relu(z), "this is ReLU; a negative z gives e^z - 1"),
                    (torch.exp(z) - 1, "a positive z stays as it is"),
                    (torch.where(z > 0, z, -falling), "left of 0 the ELU is negative"),
                    (torch.where(z > 0, z, 0.01 * z), "this is leaky ReLU"),
                ],
                why="it is z where z is positive, and e^z - 1 elsewhere",
            )
            _check_slope(answer, z)


def _check_slope(answer: Any, z: Tensor) -> None:
    leaf = z.clone().requires_grad_()

    def slope(leaf: Tensor) -> Tensor:
        result = answer(leaf)
        if not isinstance(result, Tensor) or not result.requires_grad:
            raise Wrong("the result has no graph behind it, so no gradient flows back")
        (found,) = torch.autograd.grad(result.sum(), leaf, materialize_grads=True)
        return found

    got = call(slope, leaf)
    if got.isnan().any():
        raise Wrong(
            "the gradient is nan: e^z overflows in the branch that `where` does not take, and "
            "0 * infinity is nan on the way back; give exp no positive number"
        )
    want = torch.where(z > 0, torch.ones_like(z), torch.exp(z.clamp(max=0)))
    aside = z != 0  # at 0 itself, PyTorch's parts have slopes of their own choice
    with given("the slope"):
        expect_equal(
            got[aside], want[aside], why="the slope is 1 for a positive z, and e^z elsewhere"
        )


@exercise("05.2b")
def dead_units(answer: Any) -> None:
    """The positions of the ReLU units that answer 0 to all rows."""
    for rows, weights, biases in [
        ([[1.0, 2.0], [3.0, -1.0]], [[1.0, -1.0, -1.0], [0.5, -2.0, 1.0]], [0.0, -1.5, -2.0]),
        ([[1.0], [2.0], [-1.0]], [[1.0, -1.0, 0.0, 0.0]], [-2.0, -3.0, 0.0, 0.5]),
        ([[1.0, 1.0]], [[1.0, -1.0, 2.0], [-1.0, 1.5, -3.0]], [0.0, 0.0, 0.0]),
        ([[0.5], [0.25]], [[1.0, 2.0]], [1.0, 1.0]),
        ([[-1.0], [-2.0], [3.0]], [[2.0, -1.0, 1.0]], [-6.0, -2.5, -3.5]),
        ([[0.25], [4.0]], [[0.5, -1.0]], [-0.25, 0.125]),
        ([[2.0]], [[-1.0]], [1.0]),
        ([[1.0], [-3.0]], [[1.0, -1.0]], [0.0, -0.5]),
    ]:
        X, W, b = torch.tensor(rows), torch.tensor(weights), torch.tensor(biases)
        sums = X @ W + b
        dead = (sums <= 0).all(dim=0)
        positions = dead.nonzero().flatten()
        with given(X=X, W=W, b=b):
            got = expect_tensor(call(answer, X, W, b))
            if got.dtype == torch.bool:
                raise Wrong("this is a mask; return the positions at which it is true")
            expect_equal(
                got,
                positions,
                usual=[
                    (positions[:, None], "one number for each position: flatten the result"),
                    ((~dead).nonzero().flatten(), "these units are alive"),
                    (
                        (sums < 0).all(dim=0).nonzero().flatten(),
                        "a unit whose sum is exactly 0 answers 0 as well",
                    ),
                    (
                        (sums <= 0).any(dim=0).nonzero().flatten(),
                        "one row with the answer 0 is not enough: it has to be all rows",
                    ),
                    (
                        (sums <= 0).all(dim=1).nonzero().flatten(),
                        "these are positions of rows; reduce over the rows, dim=0",
                    ),
                    ((X @ W <= 0).all(dim=0).nonzero().flatten(), "the biases are missing"),
                    (
                        (sums.mean(dim=0) <= 0).nonzero().flatten(),
                        "the mean over the rows hides those that are above 0",
                    ),
                ],
                why="a unit is dead where its sum is above 0 for none of the rows",
            )
