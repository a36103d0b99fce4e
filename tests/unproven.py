"""`pytest --unproven` runs only what has not passed here with these very bytes (tests/proofs.py).

Every run remembers what passed. The process that the user has started knows what is proven and
writes it down; with pytest-xdist its workers are told, and tell with each report what a test read.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.notebook_plugin import Cell
from tests.proofs import CHAPTERS, FOLDER, LISTING, Proof, State, proven, record

EVERYTHING = f"{CHAPTERS}*"
READING = {"open", "os.listdir", "os.scandir"}
STARTING = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"}


class Watch:
    """What this process reads in chapters/, and whether it starts others."""

    def __init__(self, root: Path) -> None:
        self.chapters = os.path.join(str(root), CHAPTERS)
        self.read: set[str] = set()
        self.started = False
        sys.addaudithook(self.notice)

    def notice(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Called by Python for all that it does: quick, and it raises nothing."""
        if event in READING and isinstance(arguments[0], str | os.PathLike):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if path.startswith(self.chapters):
                self.read.add(CHAPTERS + path[len(self.chapters) :].replace(os.sep, "/"))
            elif path + os.sep == self.chapters:
                self.read.add(LISTING)
        elif event in STARTING:
            # What git knows of a file is no part of it: at most a test is skipped for it.
            command = arguments[0] if event == "subprocess.Popen" else ""
            self.started |= os.path.basename(str(command)) != "git"


class Runner:
    """Where tests run: leaves out what is proven, adds to each report what its test has read."""

    def __init__(
        self, config: pytest.Config, tests: dict[str, list[str]], whole: list[str]
    ) -> None:
        self.config = config
        self.tests, self.whole = tests, whole
        self.left_out: dict[str, int] = {}
        self.watch = Watch(config.rootpath)
        self.prepared: dict[str, set[str]] = defaultdict(set)  # what fixtures of a file have read
        self.held: dict[str, int] = {}  # so many tests a file holds

    def name(self, path: Path) -> str:
        root = self.config.rootpath
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        name = self.name(collection_path)
        if name not in self.whole:
            return None
        self.left_out[name] = len(self.tests[name])
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        asked_for_all = not any("::" in argument for argument in self.config.args)
        asked_for_all &= not self.config.getoption("lf", False)
        kept, deselected = [], []
        for item in items:
            name, test = self.name(item.path), item.nodeid.partition("::")[2]
            if isinstance(item, Cell):
                self.held[name] = len(item.parent.cells)
                proven = name in self.whole
            else:
                self.held[name] = self.held.get(name, 0) + asked_for_all
                proven = test in self.tests.get(name, ())
            (deselected if proven else kept).append(item)
            if proven:
                self.left_out[name] = self.left_out.get(name, 0) + 1
        if deselected:
            self.config.hook.pytest_deselected(items=deselected)
            items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        self.watch.read, self.watch.started = set(), False
        try:
            return (yield)
        finally:  # a fixture may serve the file's later tests as well
            self.prepared[self.name(item.path)] |= self._read_by(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        name = self.name(item.path)
        if name:
            read = set() if isinstance(item, Cell) else self._read_by(item) | self.prepared[name]
            report.proof = [name, item.nodeid.partition("::")[2], self.held[name], sorted(read)]
        return report

    def _read_by(self, item: pytest.Item) -> set[str]:
        """What the test has read until now; all of chapters/ where a process may have read it."""
        named = getattr(getattr(item, "module", None), "CHAPTERS_READ", None)
        if named is not None:
            return set(named)
        if self.watch.started and "chapters" in item.path.read_text("utf-8").lower():
            return {EVERYTHING}
        return set(self.watch.read)

    def pytest_sessionfinish(self) -> None:
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["left_out"] = self.left_out


class Keeper:
    """Where the user has started pytest: writes proofs of what passed, says what was left out."""

    def __init__(self, config: pytest.Config, state: State) -> None:
        self.config, self.state = config, state
        self.left_out: dict[str, int] = {}
        self.outcomes: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        self.passed: dict[str, Proof] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["proven"] = self.config.stash[PROVEN]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.left_out |= getattr(node, "workeroutput", {}).get("left_out", {})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name, test, held, read = getattr(report, "proof", ("", "", 0, []))
        outcomes = self.outcomes[name, test]
        outcomes[report.when or ""] = report.outcome
        if name and outcomes == dict.fromkeys(("setup", "call", "teardown"), "passed"):
            proof = self.passed.setdefault(name, Proof(name, {}, held))
            proof.tests[test] = self.state.reads(self._expanded(read))

    def _expanded(self, read: list[str]) -> list[str]:
        if EVERYTHING in read:
            return [name for name in self.state.found if name.startswith(CHAPTERS)]
        return [name for name in read if name in self.state.found or name == LISTING]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if runner := self.config.pluginmanager.get_plugin("d2l-runner"):
            self.left_out |= runner.left_out
        if self.passed:
            record(self.state, State.now(self.config), self.config.rootpath / FOLDER, self.passed)
        if self.left_out and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.config.option.unproven:
            return
        count = sum(self.left_out.values())
        books = sum(name.endswith(".ipynb") for name in self.left_out)
        where = f"{books} notebooks, tests in {len(self.left_out) - books} files"
        line = f"left out {count} that passed here with these bytes ({where})"
        terminalreporter.write_line(line if count else "left out nothing: none has passed here yet")


PROVEN = pytest.StashKey[tuple[dict[str, list[str]], list[str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("notebooks").addoption(
        "--unproven",
        action="store_true",
        help="run only what has not passed here with these very bytes",
    )


@pytest.hookimpl(trylast=True)  # after the plugin has set the kernels' variables
def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        tests, whole = config.workerinput["proven"]
    else:
        state = State.now(config)
        folder = config.rootpath / FOLDER
        tests, whole = proven(state, folder) if config.option.unproven else ({}, [])
        config.stash[PROVEN] = tests, whole
        config.pluginmanager.register(Keeper(config, state), "d2l-keeper")
    config.pluginmanager.register(Runner(config, tests, whole), "d2l-runner")
