"""Checks of 08/19, borrowed networks."""

from functools import partial
from hashlib import sha256
from typing import Any

import torch
from torch import nn

from d2lutils.checks import Wrong, call, exercise, expect_type, given
from d2lutils.checks.refusals import refusal_of

_CONTENT = b"numbers that took days"
_DIGITS = sha256(_CONTENT).hexdigest()  # bfa76e38…
_OTHER = _DIGITS[:7] + ("0" if _DIGITS[7] != "0" else "1")
_PROMISES = {
    f"resnet18-{_DIGITS[:8]}.pth": True,
    f"shufflenetv2_x0.5-{_DIGITS[:10]}.pth": True,
    f"vit-b-16-lc-swag-{_DIGITS[:12]}.pt": True,
    f"net-{_DIGITS}.pth": True,
    f"{_OTHER}-{_DIGITS[:8]}.tar": True,
    f"resnet18-{_OTHER}.pth": False,
    f"net-{_DIGITS[1:11]}.pth": False,  # digits of the hash, from its middle
    f"net-{_DIGITS[-8:]}.pth": False,
    f"{_DIGITS[:8]}-{_OTHER}.pth": False,
    f"net-{_DIGITS}0.pth": False,  # more digits than a hash has
}
_NO_PROMISE = [
    "resnet18.pth",
    "resnet18-imagenet.pth",
    f"resnet18-{_DIGITS[:7]}.pth",
    "resnet18-.pth",
    f"resnet18-{_DIGITS[:8].upper()}.pth",
    f"resnet18-{_DIGITS[:8]}",
    f"resnet18-{_DIGITS[:8]}-v2.pth",
    f"resnet18_{_DIGITS[:8]}.pth",
    f"resnet18-x{_DIGITS[:8]}.pth",
    f"resnet18-{_DIGITS[:8]}.v2.pth",
    f"resnet18-{_DIGITS[:4]}_{_DIGITS[4:8]}.pth",  # int(…, 16) reads both of these
    f"resnet18-0x{_DIGITS[:8]}.pth",
]


@exercise("08.19a")
def keep_promise(answer: Any) -> None:
    """Whether the bytes have the hash that the file's name promises; a name may promise none."""
    for name, kept in _PROMISES.items():
        with given(name=name, content=_CONTENT):
            got = expect_type(call(answer, name, _CONTENT), bool)
            if got and not kept:
                raise Wrong("this is True; the hash has to begin with all digits of the promise")
            if kept and not got:
                raise Wrong("this is False; the hash does begin with the digits before the last .")
    name = f"net-{sha256(b'').hexdigest()[:8]}.pth"
    with given(name=name, content=b""):
        if not expect_type(call(answer, name, b""), bool):
            raise Wrong("this is False; a file without bytes has a hash too")
    for name in _NO_PROMISE:
        with given(name=name, content=_CONTENT):
            told = "a name without eight digits, in small letters, before its last . was expected"
            error, returned = refusal_of(
                partial(answer, name, _CONTENT), f"{told} to raise a ValueError; this"
            )
            if error is None:
                raise Wrong(
                    f"this returned {returned!r}; the name promises nothing: raise a ValueError"
                )


class _Own(nn.Module):
    """A network whose head has a name of its own, and which ends in another layer."""

    def __init__(self, head: nn.Module, name: str) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6), nn.ReLU())
        setattr(self, name, head)
        self.last = nn.Dropout(0.5)


def _networks() -> list[tuple[nn.Module, str, int]]:
    """Networks, the path of the head, and how many scores are asked for."""
    deep = nn.Sequential(nn.Sequential(nn.Linear(6, 4), nn.ReLU()), nn.Linear(4, 7))
    plain = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 4))
    return [
        (_Own(nn.Linear(6, 10), "fc"), "fc", 5),
        (_Own(deep, "classifier"), "classifier.1", 3),
        (_Own(nn.ModuleDict({"head": nn.Linear(6, 9)}), "heads"), "heads.head", 1),
        (_Own(nn.Linear(6, 4, bias=False), "head").double(), "head", 2),
        (plain.requires_grad_(False), "2", 4),
        (_Own(nn.Linear(6, 8), "fc").requires_grad_(False).eval(), "fc", 8),
        (nn.Sequential(nn.Sequential(nn.Linear(3, 5)), nn.BatchNorm1d(5)), "0.0", 6),
    ]


@exercise("08.19b")
def replace_head(answer: Any) -> None:
    """A new nn.Linear in the place of the last one, wherever it is, and all else as it was."""
    for net, path, num_classes in _networks():
        with given(f"a net with its head at {path!r}", num_classes=num_classes):
            old = net.get_submodule(path)
            parts, numbers = dict(net.named_modules()), dict(net.named_parameters())
            frozen = {id(number): number.requires_grad for number in numbers.values()}
            state = {key: value.clone() for key, value in net.state_dict().items()}
            modes = {name: part.training for name, part in parts.items()}
            got = call(answer, net, num_classes)
            if got is not net:
                raise Wrong("return net itself, with the new head in it")
            if list(parts) != [name for name, _ in net.named_modules()]:
                raise Wrong(
                    "net has other parts than before; put the new head in the old one's place"
                )
            _judge(net.get_submodule(path), old, num_classes)
            for name, part in [*net.named_modules(), *net.named_parameters()]:
                before = parts.get(name, numbers.get(name))
                if name.rpartition(".")[0] != path and name != path and part is not before:
                    raise Wrong(f"{name!r} is another object than before; replace the head alone")
            if any(frozen.get(id(p), True) != p.requires_grad for p in net.parameters()):
                raise Wrong("requires_grad of another part has changed")
            for key, value in net.state_dict().items():
                if key.rpartition(".")[0] != path and not torch.equal(value, state[key]):
                    raise Wrong(f"the numbers of {key!r} have changed; replace the head alone")
            if any(modes[k] != part.training for k, part in net.named_modules() if k != path):
                raise Wrong("another part is in another mode than before; leave train and eval")
    for empty in [nn.Sequential(nn.Conv2d(3, 5, 1), nn.Flatten()), nn.Sequential()]:
        with given("a net without nn.Linear"):
            parts = dict(empty.named_modules())
            error, _ = refusal_of(partial(answer, empty, 5), "expected a ValueError; this")
            if error is None:
                raise Wrong("there is no head to replace; raise a ValueError")
            if parts != dict(empty.named_modules()):
                raise Wrong("leave net as it is, and raise a ValueError")


def _judge(new: Any, old: Any, num_classes: int) -> None:
    """Tell what is wrong with the new head."""
    if new is old:
        raise Wrong("the old head is still there; make a new one, also of the same size")
    if not isinstance(new, nn.Linear):
        raise Wrong(f"the new head is of type {type(new).__name__}, not nn.Linear")
    if (new.in_features, new.out_features) != (old.in_features, num_classes):
        raise Wrong(
            f"the new head makes {new.out_features} of {new.in_features} numbers; "
            f"it should make {num_classes} of {old.in_features}"
        )
    if (new.bias is None) != (old.bias is None):
        raise Wrong("the new head should have a bias where the old one had one, and only there")
    if new.weight.dtype != old.weight.dtype:
        raise Wrong("the new head should have the dtype of the old one")
    if not all(number.requires_grad for number in new.parameters()):
        raise Wrong("the new head is frozen, so it cannot learn")
