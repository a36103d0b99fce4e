"""The commands of `python -m d2lutils`."""

import os
import sys
from argparse import ArgumentParser
from io import TextIOWrapper
from pathlib import Path, PurePosixPath
from typing import NoReturn

from d2lutils import doctor, progress
from d2lutils.answers.finding import findings
from d2lutils.answers.messages import explanation
from d2lutils.data import larger
from d2lutils.data.files import ROOT, registry
from d2lutils.downloading.places import data_folder
from d2lutils.errors import BookError

LEFT, STOPPED = 128 + 13, 128 + 2  # as a shell reports SIGPIPE and SIGINT


class _Parser(ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. `{self.prog} --help` lists the commands.\n")


def main() -> int:
    """Run the command that the command line names and return its exit code."""
    if isinstance(sys.stdout, TextIOWrapper):  # what a terminal cannot show, it shows as \xe9
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _run()
        if sys.stdout:  # none where it was closed
            sys.stdout.flush()
        return code
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED
    except OSError as error:  # the output's: its reader has left, as `head` does, or a full disk
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else Python complains once more as it ends
        if isinstance(error, BrokenPipeError):
            return LEFT
        print(f"The output cannot be written: {error.strerror}.", file=sys.stderr)
        return 1


def _run() -> int:
    parser = _Parser(prog="python -m d2lutils", description="Commands that come with the book.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    commands.add_parser("doctor", help="check the installation and say what to mend")
    commands.add_parser("list", help="list the data sets, bundled and larger")
    download = commands.add_parser("download", help="fetch a larger data set, or all")
    download.add_argument("name", choices=[*larger.LARGER, "all"])
    find = commands.add_parser("find", help="where the book explains a word or shows a function")
    find.add_argument("word", nargs="+", help="a term, a function, or a part of an error's message")
    explain = commands.add_parser("explain", help="what the book says to an error's message")
    explain.add_argument("message", nargs="+", help="the message, best in quotes")
    solved = commands.add_parser("progress", help="which exercises are solved in saved notebooks")
    solved.add_argument("folder", nargs="*", type=Path, help="one for each person; none: the book")
    solved.add_argument("--csv", action="store_true", help="a table for a spreadsheet")
    solved.add_argument("--run", type=float, metavar="SECONDS", help="run them, this long a cell")
    asked = parser.parse_args()
    if asked.command == "doctor":
        return doctor.report()
    if asked.command == "find":
        print(*findings(" ".join(asked.word)), sep="\n")
    elif asked.command == "progress":
        return progress.report(asked.folder, as_csv=asked.csv, seconds=asked.run)
    elif asked.command == "explain":
        print(*explanation(" ".join(asked.message)), sep="\n")
    elif asked.command == "list":
        print(*_lines(), sep="\n")
    else:
        for name in larger.LARGER if asked.name == "all" else [asked.name]:
            larger.fetch(name)
            print(f"{name} is in {data_folder()}")
    return 0


def _lines() -> list[str]:
    """Return the lines of the list; it needs no torch, and checks no hash."""
    sizes: dict[str, int] = {}
    for name in registry():
        call, file = _call(PurePosixPath(name)), ROOT / name
        sizes[call] = sizes.get(call, 0) + (file.stat().st_size if file.is_file() else 0)
    found = [f"Bundled, in {ROOT}:"]
    found += [f"  d2l.data.{call:<18}{size / 1e3:9,.0f} kB" for call, size in sizes.items()]
    found += ["", f"Larger, in {data_folder()} (D2L_DATA sets another folder):"]
    for name, (_, _, megabytes) in larger.LARGER.items():
        call = f"{name}({'full=True' if name == 'mnist' else ''})"
        state = "here" if larger.here(name) else f"fetch it: python -m d2lutils download {name}"
        found.append(f"  d2l.data.{call:<18}{megabytes:9,} MB  {state}")
    return found


def _call(file: PurePosixPath) -> str:
    """Return what loads a bundled file."""
    if file.suffix in (".jpg", ".png"):
        return f'photo("{file.stem}")'
    return f"{file.parent.name if file.suffix == '.dcm' else file.stem}()"


if __name__ == "__main__":
    sys.exit(main())
