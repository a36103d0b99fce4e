"""Answers to the exercises of 05/17, a page of your own."""

import torch
import torch.nn.functional as F

from check_cases import NOT_NEGATIVE, Cases

FLOATS = "bytes and floats subtracted give floats"


def answer_or_pass(scores, threshold):
    sure, said = scores.softmax(dim=1).max(dim=1)
    return torch.where(sure > threshold, said, -1)


def by_filling(scores, threshold):
    said = scores.argmax(dim=1)
    sure = F.softmax(scores, -1).amax(dim=-1)
    return said.masked_fill(sure <= threshold, -1)


def row_by_row(scores, threshold):
    said = [int(row.argmax()) if row.softmax(0).max() > threshold else -1 for row in scores]
    return torch.tensor(said, dtype=torch.int64)


def by_score(scores, threshold):
    high, said = scores.max(dim=1)
    return torch.where(high > threshold, said, -1)


def by_sigmoid(scores, threshold):
    high, said = scores.max(dim=1)
    return torch.where(high.sigmoid() > threshold, said, -1)


def over_the_samples(scores, threshold):
    sure, said = scores.softmax(dim=0).max(dim=1)
    return torch.where(sure > threshold, said, -1)


def at_least(scores, threshold):
    sure, said = scores.softmax(dim=1).max(dim=1)
    return torch.where(sure >= threshold, said, -1)


def zero_for_a_pass(scores, threshold):
    sure, said = scores.softmax(dim=1).max(dim=1)
    return torch.where(sure > threshold, said, 0)


def only_the_sure(scores, threshold):
    sure, said = scores.softmax(dim=1).max(dim=1)
    return said[sure > threshold]


def find_any_ink(page):
    away = page.float() - page.float().median()
    if away.max() <= -away.min():
        away = -away
    most = away.max()
    return away.clamp(min=0) / most if most > 0 else torch.zeros_like(away)


def by_two_sides(page):
    page = page.to(torch.float32)
    ground = page.flatten().sort().values[(page.numel() - 1) // 2]
    light, dark = (page - ground).relu(), (ground - page).relu()
    ink = light if light.max() > dark.max() else dark
    return ink / ink.max().clamp(min=1e-9)


def dark_only(page):
    ink = (page.float().median() - page.float()).clamp(min=0)
    return ink / ink.max().clamp(min=1e-9)


def both_sides(page):
    away = (page.float() - page.float().median()).abs()
    return away / away.max().clamp(min=1e-9)


def not_divided(page):
    away = page.float() - page.float().median()
    return (-away if away.max() <= -away.min() else away).clamp(min=0)


def not_clamped(page):
    away = page.float() - page.float().median()
    away = -away if away.max() <= -away.min() else away
    return away / away.max().clamp(min=1e-9)


def divides_by_zero(page):
    away = page.float() - page.float().median()
    away = -away if away.max() <= -away.min() else away
    return away.clamp(min=0) / away.max()


def bytes_wrap(page):
    away = page - page.median()
    away = -away if away.max() <= -away.min() else away
    return away.clamp(min=0) / away.max().clamp(min=1e-9)


CASES = {
    "05.17a": Cases(
        solution=answer_or_pass,
        also_right=[by_filling, row_by_row],
        wrong=[
            (by_score, "scores are no probabilities"),
            (by_sigmoid, "not sigmoid"),
            (over_the_samples, "softmax over the classes"),
            (lambda scores, threshold: scores.argmax(dim=1), "pass where"),
            (at_least, "at the threshold it passes"),
            (zero_for_a_pass, "0 is a class"),
            (only_the_sure, "keep the places"),
            (lambda scores, threshold: answer_or_pass(scores, threshold).float(), "int64"),
            (lambda scores, threshold: answer_or_pass(scores, threshold)[:, None], "keepdim"),
            (lambda scores, threshold: scores.softmax(1).amax(1) > threshold, "this is a mask"),
        ],
        equivalent={},
    ),
    "05.17b": Cases(
        solution=find_any_ink,
        also_right=[by_two_sides],
        wrong=[
            (dark_only, "further from the median"),
            (both_sides, "the other side is 0"),
            (not_divided, "so that ink reaches 1"),
            (not_clamped, "the other side is 0"),
            (divides_by_zero, "do not divide by 0"),
            (bytes_wrap, "bytes wrap around"),
            (lambda page: 1 - find_any_ink(page), "ink is 1, and the ground 0"),
            (lambda page: find_any_ink(page) > 0, "not True or False"),
            (lambda page: find_any_ink(page).double(), "the ink is float32"),
        ],
        equivalent={
            "away = page - page.float().median()": FLOATS,
            "away = page.float() - page.median()": FLOATS,
            "return abs(away.clamp(min=0) / most if most > 0 else torch.zeros_like(away))": (
                NOT_NEGATIVE
            ),
        },
    ),
}
