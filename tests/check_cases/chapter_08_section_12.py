"""Answers to the exercises of 08/12, a forger and a detective."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from check_cases import NOT_NEGATIVE, SAME_LENGTH, Cases

bce = F.binary_cross_entropy_with_logits


def forger_step(forger, detective, noise, optimizer):
    scores = detective(forger(noise))
    cost = bce(scores, torch.ones_like(scores))
    weights = list(forger.parameters())
    for weight, grad in zip(weights, torch.autograd.grad(cost, weights), strict=True):
        weight.grad = grad
    optimizer.step()
    return cost.item()


def by_freezing(forger, detective, noise, optimizer):
    asked = [p.requires_grad for p in detective.parameters()]
    detective.requires_grad_(False)
    loss = F.softplus(-detective(forger(noise))).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for p, flag in zip(detective.parameters(), asked, strict=True):
        p.requires_grad_(flag)
    return loss.item()


def by_inputs(forger, detective, noise, optimizer):
    optimizer.zero_grad()
    loss = bce(detective(forger(noise)), torch.ones(len(noise), 1))
    loss.backward(inputs=list(forger.parameters()))
    optimizer.step()
    return float(loss.detach())


def as_in_the_text(forger, detective, noise, optimizer, label=1.0, clear=True, reduction="mean"):
    scores = detective(forger(noise))
    loss = bce(scores, torch.full_like(scores, label), reduction=reduction)
    if clear:
        optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def traceless(forger, detective, noise, optimizer, cost, clear=True):
    loss = cost(forger, detective, noise)
    if clear:
        optimizer.zero_grad()
    loss.backward(inputs=list(forger.parameters()))
    optimizer.step()
    return loss.item()


def labelled(label, reduction="mean"):
    def cost(forger, detective, noise):
        scores = detective(forger(noise))
        return bce(scores, torch.full_like(scores, label), reduction=reduction)

    return cost


def saturating(forger, detective, noise):
    return -labelled(0.0)(forger, detective, noise)


def squashed(forger, detective, noise):
    scores = detective(forger(noise)).sigmoid()
    return bce(scores, torch.ones_like(scores))


def forgotten_clear(*given):
    return traceless(*given, labelled(1.0), clear=False)


def detached(forger, detective, noise, optimizer):
    scores = detective(forger(noise).detach())
    optimizer.zero_grad()
    loss = bce(scores, torch.ones_like(scores))
    return loss.item()


def cleared(forger, detective, noise, optimizer):
    result = as_in_the_text(forger, detective, noise, optimizer)
    detective.zero_grad()
    return result


def frozen(forger, detective, noise, optimizer):
    detective.requires_grad_(False)
    return as_in_the_text(forger, detective, noise, optimizer)


def loss_after(forger, detective, noise, optimizer):
    traceless(forger, detective, noise, optimizer, labelled(1.0))
    return labelled(1.0)(forger, detective, noise).item()


def both_step(forger, detective, noise, optimizer):
    asked = [p for p in detective.parameters() if p.requires_grad]
    result = forger_step(forger, detective, noise, optimizer)
    with torch.no_grad():
        asked[0].sub_(0.1)
    return result


def follow(average, net, decay):
    with torch.no_grad():
        for old, new in zip(average.parameters(), net.parameters(), strict=True):
            old.lerp_(new, 1 - decay)


@torch.no_grad()
def by_copying(average, net, decay):
    for old, new in zip(average.parameters(), net.parameters(), strict=True):
        old.copy_(decay * old + (1 - decay) * new)


def by_library(average, net, decay):
    mean = AveragedModel(average, multi_avg_fn=get_ema_multi_avg_fn(decay))
    mean.update_parameters(average)
    mean.update_parameters(net)
    average.load_state_dict(mean.module.state_dict())


def by_data(average, net, decay):
    for old, new in zip(average.parameters(), net.parameters(), strict=True):
        old.data.mul_(decay).add_(new.detach(), alpha=1 - decay)


def swapped(average, net, decay):
    follow(average, net, 1 - decay)


def with_graph(average, net, decay):
    for old, new in zip(average.parameters(), net.parameters(), strict=True):
        old.mul_(decay).add_((1 - decay) * new)


def rebound(average, net, decay):
    for old, new in zip(average.parameters(), net.parameters(), strict=True):
        old = decay * old + (1 - decay) * new


def backwards(average, net, decay):
    follow(net, average, decay)


@torch.no_grad()
def new_parameters(average, net, decay):
    for layer, other in zip(average, net, strict=True):
        for name, p in list(layer.named_parameters()):
            mixed = decay * p + (1 - decay) * getattr(other, name)
            setattr(layer, name, nn.Parameter(mixed))


@torch.no_grad()
def product(average, net, decay):
    for old, new in zip(average.parameters(), net.parameters(), strict=True):
        old.add_((1 - decay) * new).mul_(decay)


def weights_alone(average, net, decay):
    with torch.no_grad():
        for old, new in zip(average, net, strict=True):
            if isinstance(old, nn.Linear):
                old.weight.lerp_(new.weight, 1 - decay)


def handed_back(average, net, decay):
    follow(average, net, decay)
    return average


CASES = {
    "08.12a": Cases(
        solution=forger_step,
        also_right=[by_freezing, by_inputs],
        wrong=[
            (as_in_the_text, "left in the detective"),
            (forgotten_clear, "from before were added"),
            (detached, "has not moved"),
            (cleared, ".grad should be as before"),
            (frozen, "requires_grad has changed"),
            (loss_after, "the loss after the step"),
            (both_step, "only the forger steps"),
            (lambda *given: traceless(*given, labelled(0.0)), "asks for the label 1"),
            (lambda *given: traceless(*given, labelled(1.0, "sum")), "not the sum"),
            (lambda *given: traceless(*given, saturating), "not minus that of the label 0"),
            (lambda *given: traceless(*given, squashed), "one too many"),
            (lambda f, d, z, o: torch.tensor(forger_step(f, d, z, o)), "a Python number"),
        ],
        equivalent={
            "for weight, grad in zip(weights, torch.autograd.grad(cost, weights)):": SAME_LENGTH,
            "for weight, grad in zip(weights, torch.autograd.grad(cost, weights), strict=False):": (
                SAME_LENGTH
            ),
            "return abs(cost.item())": NOT_NEGATIVE,
        },
    ),
    "08.12b": Cases(
        solution=follow,
        also_right=[by_copying, by_library, by_data],
        wrong=[
            (swapped, "are swapped"),
            (with_graph, "your function raised"),
            (rebound, "has not changed"),
            (backwards, "net has changed"),
            (new_parameters, "change the old ones in place"),
            (product, "multiply average alone"),
            (weights_alone, "decay times itself"),
            (handed_back, "return nothing"),
        ],
        equivalent={
            "for old, new in zip(average.parameters(), net.parameters()):": SAME_LENGTH,
            "for old, new in zip(average.parameters(), net.parameters(), strict=False):": (
                SAME_LENGTH
            ),
        },
    ),
}
