"""Answers to the exercises of 04/06, custom functions."""

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from check_cases import NOT_NEGATIVE, Cases


class Reverse(Function):
    @staticmethod
    def forward(x, strength):
        return x.view_as(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        _, ctx.strength = inputs

    @staticmethod
    def backward(ctx, g):
        return g * -ctx.strength, None


class InTheOldStyle(Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return -ctx.strength * g, None


class WithItself(Reverse):
    @staticmethod
    def forward(x, strength):
        return x


class WithoutNone(Reverse):
    @staticmethod
    def backward(ctx, g):
        return -ctx.strength * g


class WithoutG(Reverse):
    @staticmethod
    def backward(ctx, g):
        return torch.full_like(g, -ctx.strength), None


class NotTurned(Reverse):
    @staticmethod
    def backward(ctx, g):
        return ctx.strength * g, None


class WithoutStrength(Reverse):
    @staticmethod
    def backward(ctx, g):
        return -g, None


class HandedOn(Reverse):
    @staticmethod
    def backward(ctx, g):
        return g, None


class NoGradient(Reverse):
    @staticmethod
    def backward(ctx, g):
        return None, None


class ValueTurned(Reverse):
    @staticmethod
    def forward(x, strength):
        return -strength * x


class WithANumber(Reverse):
    @staticmethod
    def backward(ctx, g):
        return -ctx.strength, None


class HardCoded(Reverse):
    @staticmethod
    def backward(ctx, g):
        return -0.5 * g, None


class OfItsSize(Reverse):
    @staticmethod
    def backward(ctx, g):
        return -abs(ctx.strength) * g, None


class InSingle(Reverse):
    @staticmethod
    def forward(x, strength):
        return x.float().clone()


class InPlace(Reverse):
    @staticmethod
    def forward(x, strength):
        return x.mul_(1)


class NotKept(Reverse):
    @staticmethod
    def setup_context(ctx, inputs, output):
        pass


class NumberSaved(Reverse):
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[1])

    @staticmethod
    def backward(ctx, g):
        (strength,) = ctx.saved_tensors
        return -strength * g, None


class NoBackward(Function):
    @staticmethod
    def forward(x, strength):
        return x.clone()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.strength = inputs[1]


class Length(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return (x * x).sum().sqrt()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs, output)

    @staticmethod
    def backward(ctx, g):
        x, length = ctx.saved_tensors
        safe = torch.where(length == 0, 1.0, length)
        return g * x / safe


class Recomputed(Length):
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        squares = (x * x).sum()
        return g * x * torch.where(squares > 0, squares, 1.0).rsqrt()


class NanAtZero(Length):
    @staticmethod
    def backward(ctx, g):
        x, length = ctx.saved_tensors
        return g * x / length


class NanHidden(Length):
    @staticmethod
    def backward(ctx, g):
        x, length = ctx.saved_tensors
        return g * x / (length + 1)


class LengthWithoutG(Length):
    @staticmethod
    def backward(ctx, g):
        x, length = ctx.saved_tensors
        return x / torch.where(length > 0, length, 1.0)


class NotDivided(Length):
    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class OfTheSquare(Length):
    @staticmethod
    def backward(ctx, g):
        return 2 * g * ctx.saved_tensors[0]


class DividedTwice(Length):
    @staticmethod
    def backward(ctx, g):
        x, length = ctx.saved_tensors
        return g * x / torch.where(length > 0, length, 1.0) ** 2


class Squared(Length):
    @staticmethod
    def forward(x):
        return (x * x).sum()


class OfAbsolutes(Length):
    @staticmethod
    def forward(x):
        return x.abs().sum()


class ShapedAsOne(Length):
    @staticmethod
    def forward(x):
        return (x * x).sum(dim=0, keepdim=True).sqrt()


class Elementwise(Length):
    @staticmethod
    def forward(x):
        return (x * x).sqrt()


class Thrifty(Length):
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0] / torch.where(output > 0, output, 1.0))

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class FirstOrder(Length):
    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        return Length.backward(ctx, g)


class NotUnderVmap(Length):
    generate_vmap_rule = False


class WithIf(Length):
    @staticmethod
    def backward(ctx, g):
        x, length = ctx.saved_tensors
        return g * x / length if length > 0 else torch.zeros_like(x)


class OnContext(Length):
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.x = inputs[0]
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, g):
        (length,) = ctx.saved_tensors
        return g * ctx.x / torch.where(length > 0, length, 1.0)


class Clamped(Length):
    @staticmethod
    def backward(ctx, g):
        x, length = ctx.saved_tensors
        return g * x / length.clamp(min=1e-4)


class WithALittleMore(Length):
    @staticmethod
    def backward(ctx, g):
        x, length = ctx.saved_tensors
        return g * x / (length + 1e-8)


class DetachedBackward(Length):
    @staticmethod
    def backward(ctx, g):
        return Length.backward(ctx, g).detach()


AT_ZERO = "0 divided by any number but 0 is 0"

CASES = {
    "04.6b": Cases(
        solution=Reverse,
        also_right=[InTheOldStyle, WithItself],
        wrong=[
            (WithoutNone, "return None for `strength` too"),
            (WithANumber, "`g` is missing: multiply by what comes in, which is a tensor"),
            (HardCoded, "for strength = 2, g = tensor([3.0]): expected tensor([-6.0])"),
            (OfItsSize, "a negative `strength` turns the sign twice"),
            (InSingle, "float64"),
            (InPlace, "forward writes into x"),
            (WithoutG, "`g` is missing"),
            (NotTurned, "the sign is not turned round"),
            (WithoutStrength, "`strength` is missing"),
            (HandedOn, "hands the gradient on as it is"),
            (NoGradient, "no gradient reaches x"),
            (ValueTurned, "the value stays as it is"),
            (NotKept, "has no attribute 'strength'"),
            (NumberSaved, "save_for_backward can only save variables"),
            (NoBackward, "the class has no `backward` yet"),
            (Reverse.apply, "should be a class that derives from Function"),
            (Reverse.forward, "should be a class that derives from Function"),
        ],
        equivalent={"return x": "autograd makes a view of an input that is handed back"},
    ),
    "04.6c": Cases(
        solution=Length,
        also_right=[Recomputed],
        wrong=[
            (NanAtZero, "the gradient is nan"),
            (NanHidden, "the gradient is g * x / length"),
            (LengthWithoutG, "`g` is missing"),
            (NotDivided, "divide by the length"),
            (OfTheSquare, "gradient of the squared length"),
            (DividedTwice, "not by its square"),
            (Squared, "the root is missing"),
            (OfAbsolutes, "the sum of the absolute values"),
            (ShapedAsOne, "one number, of shape ()"),
            (Elementwise, "add up the squares"),
            (Thrifty, "the second derivative is wrong"),
            (FirstOrder, "the second derivative is wrong"),
            (DetachedBackward, "the second derivative is wrong"),
            (NotUnderVmap, "is `generate_vmap_rule = True` missing?"),
            (WithIf, "use `torch.where`"),
            (OnContext, "keep it with `save_for_backward`"),
            (Clamped, "the gradient is g * x / length"),
            (WithALittleMore, "the gradient is g * x / length"),
        ],
        equivalent={
            "return abs((x * x).sum().sqrt())": NOT_NEGATIVE,
            "return abs(torch.sqrt((x ** 2).sum()))": NOT_NEGATIVE,
            "safe = torch.where(length <= 0, 1.0, length)": NOT_NEGATIVE,
            "safe = torch.where(length == 0, 2.0, length)": AT_ZERO,
            "return g * x / torch.where(length > 0, length, 2.0)": AT_ZERO,
            "ctx.save_for_backward(inputs[-1], output)": "there is one input",
        },
    ),
}
