"""`d2l.check`: says whether the answer to an exercise is right, and if not, what is wrong."""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import torch

from d2lutils import checks
from d2lutils.checks.explaining import is_interrupt
from d2lutils.checks.showing import cause
from d2lutils.checks.stubs import is_stub
from d2lutils.errors import BookError

MIME_TYPE = "application/vnd.d2l.check+json"

_UNREAD = "Is it of the kind that the task asks for: a function, a tensor, a number?"


@dataclass(frozen=True)
class Verdict:
    """What a check found: whether the answer passed, and the line that the reader sees."""

    name: str
    passed: bool
    text: str


def check(name: str, answer: object) -> None:
    """Show whether an answer to an exercise is right, and if not, what is wrong with it.

    Built by hand in 00.

    Args:
        name: the exercise: chapter, section and letter, as in `02.4a`.
        answer: what the exercise asks for: a function (tried on several inputs), a value, or a
            tuple or dict of values. `...` stands for an answer that is not there yet.

    Raises:
        BookError: no exercise has this name; the message lists the near ones.
    """
    verdict = judge(name, answer)
    if _in_ipython():
        from IPython import display

        publish: Callable[[dict[str, object]], object] = display.publish_display_data
        found = {"check": verdict.name, "passed": verdict.passed}
        publish({"text/plain": verdict.text, MIME_TYPE: found})
    else:
        print(verdict.text)


def judge(name: str, answer: object) -> Verdict:
    """Return what the check of an exercise finds; whatever the answer, it raises nothing.

    Only Ctrl-C goes through: a KeyboardInterrupt that no `raise` statement raised.

    Args:
        name: the exercise.
        answer: the reader's answer.

    Returns:
        The verdict; the random generators are left as they were.

    Raises:
        BookError: no exercise has this name.
    """
    if not isinstance(name, str):
        raise BookError('The first argument of d2l.check is a name: d2l.check("02.4a", answer).')
    judge_answer = checks.find(name)
    if judge_answer is None:
        raise BookError(_unknown(name))
    try:
        if is_stub(answer):
            raise checks.NotDone
        with _generators_kept():
            judge_answer(answer)
    except checks.NotDone:
        return Verdict(name, False, f"{name}: not done yet.")
    except checks.Wrong as wrong:
        return Verdict(name, False, f"{name}: not yet. {_sentence(str(wrong))}")
    except BaseException as error:
        if is_interrupt(error):
            raise
        unread = f"The check cannot read this answer: {cause(error)}. {_UNREAD}"
        return Verdict(name, False, f"{name}: not yet. {unread}")
    return Verdict(name, True, f"{name}: correct.")


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:1].upper()}{line[1:]}{'' if line.endswith(('.', '?', '!')) else '.'}"


def _unknown(name: str) -> str:
    names = checks.all_names()
    near = [other for other in names if other[:-1] == name[:-1]] or get_close_matches(name, names)
    if near:
        return f"There is no exercise {name!r:.40}. Near it: {', '.join(near)}."
    return f"There is no exercise {name!r:.40}; they run from {names[0]} to {names[-1]}."


def _in_ipython() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


@contextmanager
def _generators_kept() -> Iterator[None]:
    """Put the random generators back, so that a solved exercise shifts no later cell's numbers."""
    python, numpy = random.getstate(), np.random.get_state()
    cuda: Any = torch.cuda
    devices = range(cuda.device_count()) if cuda.is_initialized() else ()
    with torch.random.fork_rng(devices):
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)
