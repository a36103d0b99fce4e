"""The commands of `python -m d2lutils`."""

import sys
from argparse import ArgumentParser
from typing import NoReturn

from d2lutils.doctor import report


class _Parser(ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. `{self.prog} --help` lists the commands.\n")


def main() -> int:
    """Run the command that the command line names and return its exit code."""
    parser = _Parser(prog="python -m d2lutils", description="Commands that come with the book.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    commands.add_parser("doctor", help="check the installation and say what to mend")
    parser.parse_args()
    return report()


if __name__ == "__main__":
    sys.exit(main())
