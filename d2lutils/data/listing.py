"""`python -m d2lutils list`: the data sets, bundled and larger, and where they are."""

from pathlib import PurePosixPath

from d2lutils.data.files import ROOT, registry
from d2lutils.data.larger import LARGER, here
from d2lutils.downloading.places import data_folder


def lines() -> list[str]:
    """Return the lines of the list; it needs no torch, and checks no hash."""
    sizes: dict[str, int] = {}
    for name in registry():
        call, file = _call(PurePosixPath(name)), ROOT / name
        sizes[call] = sizes.get(call, 0) + (file.stat().st_size if file.is_file() else 0)
    found = [f"Bundled, in {ROOT}:"]
    found += [f"  d2l.data.{call:<18}{size / 1e3:9,.0f} kB" for call, size in sizes.items()]
    found += ["", f"Larger, in {data_folder()} (D2L_DATA sets another folder):"]
    for name, (_, _, megabytes) in LARGER.items():
        call = f"{name}({'full=True' if name == 'mnist' else ''})"
        state = "here" if here(name) else f"fetch it: python -m d2lutils download {name}"
        found.append(f"  d2l.data.{call:<18}{megabytes:9,} MB  {state}")
    return found


def _call(file: PurePosixPath) -> str:
    """Return what loads a bundled file."""
    if file.suffix in (".jpg", ".png"):
        return f'photo("{file.stem}")'
    return f"{file.parent.name if file.suffix == '.dcm' else file.stem}()"
