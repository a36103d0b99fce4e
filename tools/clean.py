"""Clean notebooks for git: outputs stay, everything volatile goes, metadata become the house's.

    python tools/clean.py chapters/02_tensors/01_fundamentals.ipynb    rewrites what needs it
    python tools/clean.py --check chapters/02_tensors/*.ipynb          only tells, exit code 1

pre-commit calls it on staged notebooks; tools/execute.py saves through the same function.
"""

import argparse
import copy
import hashlib
import os
import re
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4.nbjson import reads
from nbformat.validator import iter_validate

METADATA: dict[str, Any] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "rise": {"theme": "white", "center": False, "scroll": True, "transition": "none"},
}
HIDDEN = {"source_hidden": True, "outputs_hidden": True}
FOLDED = {"source_hidden": True}
ANSI = re.compile(r"\x1b\[[0-9;]*m")
WIDGETS = ("application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json")


def normalise(notebook: NotebookNode) -> NotebookNode:
    """A copy of `notebook` in the house's form; the same again when it is in that form already."""
    clean = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})
    clean.metadata = nbformat.from_dict(copy.deepcopy(METADATA))
    if notebook.metadata.get("d2l"):
        clean.metadata.d2l = copy.deepcopy(notebook.metadata.d2l)
    clean.cells = [_cell(cell, position) for position, cell in enumerate(notebook.cells)]
    return clean


def dumps(notebook: NotebookNode) -> str:
    """The text of a notebook's file, the same on every machine."""
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def write(notebook: NotebookNode, path: Path) -> None:
    """Write all of the notebook or nothing: a broken-off run leaves the old file as it was."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(dumps(notebook))
        if path.exists():
            os.chmod(name, path.stat().st_mode & 0o777)
        else:
            os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _cell(cell: NotebookNode, position: int) -> NotebookNode:
    clean = {
        "cell_type": cell.cell_type,
        # A stable name for a cell saved without one: what it says and where it stands.
        "id": cell.get("id") or hashlib.sha256(f"{position}{cell.source}".encode()).hexdigest()[:8],
        "metadata": _cell_metadata(cell.metadata),
        "source": cell.source,
    }
    if cell.get("attachments"):
        clean["attachments"] = copy.deepcopy(cell.attachments)
    if cell.cell_type == "code":
        clean["execution_count"] = cell.get("execution_count")
        clean["outputs"] = _outputs(cell.get("outputs", []), cell.get("execution_count"))
    return nbformat.from_dict(clean)


def _cell_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    slide_type = metadata.get("slideshow", {}).get("slide_type")
    if slide_type:
        clean["slideshow"] = {"slide_type": slide_type}
    if metadata.get("tags"):
        clean["tags"] = list(metadata["tags"])
    if metadata.get("d2l"):
        clean["d2l"] = copy.deepcopy(metadata["d2l"])
    # What is folded away follows from the tags; what else is, is how one reader left the page.
    if "solution" in clean.get("tags", []):
        clean["jupyter"] = dict(HIDDEN)
    elif "hide-input" in clean.get("tags", []):
        clean["jupyter"] = dict(FOLDED)
    return clean


def _outputs(outputs: list[NotebookNode], execution_count: int | None) -> list[dict[str, Any]]:
    clean: list[dict[str, Any]] = []
    for output in copy.deepcopy(outputs):
        kind = output.output_type
        if kind == "stream":
            # Where a stream is cut into messages is chance; whole, it is not.
            last = clean[-1] if clean else {}
            if last.get("output_type") == "stream" and last["name"] == output.name:
                last["text"].append(output.text)
            else:
                clean.append({"output_type": kind, "name": output.name, "text": [output.text]})
        elif kind == "error":
            kept = {key: output[key] for key in ("ename", "evalue")}
            frames = _without_library_frames(output.traceback)
            clean.append({"output_type": kind, **kept, "traceback": frames})
        else:
            data = {mime: value for mime, value in output.data.items() if mime not in WIDGETS}
            about = {mime: value for mime, value in output.metadata.items() if mime in data}
            result: dict[str, Any] = {"output_type": kind, "data": data, "metadata": about}
            if kind == "execute_result":
                result["execution_count"] = execution_count
            if data:
                clean.append(result)
    for output in clean:
        if output["output_type"] == "stream":
            output["text"] = "".join(output["text"])
    return clean


def _without_library_frames(traceback: list[str]) -> list[str]:
    """The reader's cells, not the files of one machine's libraries, and never their paths."""
    return [part for part in traceback if not ANSI.sub("", part).lstrip().startswith("File ")]


def read(path: Path) -> NotebookNode:
    """The notebook at `path`; a ValueError of one line where there is none."""
    try:
        # Not nbformat.read, which gives random ids to cells without one.
        notebook = reads(path.read_text(encoding="utf-8"))
        if notebook["nbformat"] != 4:
            raise ValueError(f"format {notebook['nbformat']}")
        for error in iter_validate(notebook, relax_add_props=True):
            if "'id' is a required" not in error.message:
                raise ValueError(error.message.partition("\n")[0][:80])
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: is not a notebook of format 4 ({error})") from None
    return notebook


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="notebook.ipynb")
    parser.add_argument("--check", action="store_true", help="change nothing, only tell")
    options = parser.parse_args(arguments)
    failed = False
    for path in options.notebooks:
        try:
            notebook = read(path)
            clean = normalise(notebook)
            if dumps(clean) == path.read_bytes().decode("utf-8"):
                continue
            if options.check:
                print(f"{path}: needs cleaning: python tools/clean.py {shlex.quote(str(path))}")
                failed = True
            else:
                write(clean, path)
                print(f"{path}: cleaned")
        except (ValueError, OSError) as error:
            print(error, file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
