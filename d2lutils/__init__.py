"""The book's shared utilities, imported as `d2l`: every name loads on its first use."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2lutils import data as data
    from d2lutils import plot as plot
    from d2lutils.answers.finding import find as find
    from d2lutils.answers.messages import explain as explain
    from d2lutils.checking import check as check
    from d2lutils.checkpoints.files import load_checkpoint as load_checkpoint
    from d2lutils.checkpoints.files import save_checkpoint as save_checkpoint
    from d2lutils.devices import device as device
    from d2lutils.downloading.verified import download as download
    from d2lutils.errors import BookError as BookError
    from d2lutils.installing import compiler_line as compiler_line
    from d2lutils.installing import install_line as install_line
    from d2lutils.loading import loader as loader
    from d2lutils.seeding import seed as seed
    from d2lutils.training.loop import fit as fit

    __version__: str

__all__ = [
    "BookError",
    "check",
    "compiler_line",
    "data",
    "device",
    "download",
    "explain",
    "find",
    "fit",
    "install_line",
    "load_checkpoint",
    "loader",
    "plot",
    "save_checkpoint",
    "seed",
]

# The module that holds each name; `data` and `plot` are modules themselves.
_HOMES = {
    "check": "checking",
    "compiler_line": "installing",
    "data": "data",
    "device": "devices",
    "download": "downloading.verified",
    "explain": "answers.messages",
    "find": "answers.finding",
    "fit": "training.loop",
    "install_line": "installing",
    "load_checkpoint": "checkpoints.files",
    "loader": "loading",
    "plot": "plot",
    "save_checkpoint": "checkpoints.files",
    "seed": "seeding",
}


def _look_up(name: str) -> object:
    """Return a public name's value, loaded now and kept (PEP 562)."""
    if name == "BookError":
        from d2lutils.errors import BookError

        value: object = BookError
    elif name == "__version__":
        from importlib.metadata import version

        value = version("d2lutils")
    elif name in _HOMES:
        from d2lutils.installing import load

        _require_torch()
        module = load(f"{__name__}.{_HOMES[name]}", f"d2l.{name}")
        value = module if name == _HOMES[name] else getattr(module, name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


if not TYPE_CHECKING:  # a type checker would believe that every name exists
    __getattr__ = _look_up


def __dir__() -> list[str]:
    return [*__all__, "__doc__", "__file__", "__name__", "__path__", "__version__"]


def _require_torch() -> None:
    """Raise BookError unless a PyTorch that is new enough can be imported."""
    from d2lutils.errors import BookError
    from d2lutils.installing import OLDEST_TORCH, install_line, release

    remedy = f"Type: {install_line('--upgrade', f'torch>={OLDEST_TORCH}', 'torchvision')}"
    try:
        import torch
    except (ImportError, OSError) as error:
        if getattr(error, "name", "") == "torch" and isinstance(error, ModuleNotFoundError):
            raise BookError(f"PyTorch is not installed here. {remedy}") from None
        cause = str(error).partition("\n")[0]
        raise BookError(f"PyTorch is installed but does not load ({cause}). {remedy}") from error
    if release(torch.__version__) < release(OLDEST_TORCH):
        raise BookError(
            f"The book needs PyTorch {OLDEST_TORCH} or newer, not {torch.__version__}. {remedy}"
        )
