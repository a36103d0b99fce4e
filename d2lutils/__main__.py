"""The commands of `python -m d2lutils`."""

import sys
from argparse import ArgumentParser
from typing import NoReturn

from d2lutils import doctor
from d2lutils.data import larger, listing
from d2lutils.downloading.places import data_folder
from d2lutils.errors import BookError


class _Parser(ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. `{self.prog} --help` lists the commands.\n")


def main() -> int:
    """Run the command that the command line names and return its exit code."""
    parser = _Parser(prog="python -m d2lutils", description="Commands that come with the book.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    commands.add_parser("doctor", help="check the installation and say what to mend")
    commands.add_parser("list", help="list the data sets, bundled and larger")
    download = commands.add_parser("download", help="fetch a larger data set, or all")
    download.add_argument("name", choices=[*larger.LARGER, "all"])
    asked = parser.parse_args()
    try:
        if asked.command == "doctor":
            return doctor.report()
        if asked.command == "list":
            print(*listing.lines(), sep="\n")
        else:
            for name in larger.LARGER if asked.name == "all" else [asked.name]:
                larger.fetch(name)
                print(f"{name} is in {data_folder()}")
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
