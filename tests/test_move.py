"""`make move` renumbers a section and all that hangs on it, or changes nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import clean, move
from tools.contents import END, START
from tools.references import Renumbering, Section

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")

ONE, TWO, THREE = (Section("71_alpha", stem) for stem in ("01_one", "02_two", "03_three"))
FOUR = Section("72_beta", "01_four")
ABOUT = {
    "CONTRIBUTING.md": "`pytest chapters/71_alpha/02_two.ipynb`, [here](03_three.ipynb#71.3a)\n",
    "pyproject.toml": '# "a>=1",  # waves (71/02), not 1/02, 71/02/2012 or 171/02\n',
    "tests/form/helpers.py": 'BUILT = {"wave": "71/02", "later": "71/09"}\n',
    "tests/test_lab.py": 'PATH = ROOT / "chapters" / "71_alpha" / "03_three.ipynb"\n',
    "d2lutils/waves.py": '"""Built by hand in 71/02. As section 2 of chapter 71 says."""\n',
    "d2lutils/checks/chapter_71/__init__.py": '"""Checks of chapter 71, alpha."""\n',
}
MODULES = {
    "d2lutils/checks/chapter_71/section_{:02}.py": (
        '"""Checks of 71/{0:02}, as in section {0}."""\n\n@exercise("71.{0}a")\ndef check(): ...\n'
    ),
    "tests/check_cases/chapter_71_section_{:02}.py": 'CASES = {{"71.{0}a": d2l}}\n',
}
NEXT = {ONE: TWO, TWO: THREE, THREE: FOUR, FOUR: ONE}


def link(here: Section, there: Section) -> str:
    way = "" if here.folder == there.folder else f"../{there.folder}/"
    words = f"section {there.number}"
    if here.folder != there.folder:
        words += f" of chapter {there.chapter}"
    return f"[{words}]({way}{there.stem}.ipynb)"


def page(section: Section) -> nbformat.NotebookNode:
    """A notebook that refers to all others, and to itself."""
    name = f"{section.chapter}.{section.number}a"
    said = {"check": name, "passed": True}
    kind = "application/vnd.d2l.check+json"
    data = {"text/plain": f"{name}: correct.", kind: said, "image/png": "cG5nNzEuMmE="}
    links = "\n\n".join(link(section, other) for other in NEXT if other != section)
    return new_notebook(
        cells=[
            new_markdown_cell(f"# {section.stem}\n\n**Takes** 5 minutes to read, 1 second to run."),
            new_markdown_cell(links, id="links"),
            new_markdown_cell(f"### Exercise {name}: Do it"),
            new_code_cell(
                f'# Solution {name}: as it is\nd2l.check("{name}", f)',
                execution_count=1,
                outputs=[
                    new_output("stream", text="0.71 71/02 71.2\n"),
                    new_output("display_data", data=data),
                ],
            ),
            new_markdown_cell(f"## Next\n\n{link(section, NEXT[section])} goes on.", id="next"),
        ]
    )


def run_git(root: Path, *arguments: str) -> str:
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(root), *author, *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of four sections in git, references of each kind planted in it."""
    files = dict(ABOUT)
    for path, text in MODULES.items():
        files |= {path.format(number): text.format(number) for number in (1, 2, 3)}
    files["README.md"] = f"# Book\n\n{START}\n{END}\n"
    files[".gitignore"] = "mine*_*.ipynb\n"
    for section in NEXT:
        files[section.path] = clean.dumps(clean.normalise(page(section)))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "-qm", "A book")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def moved(book: Path, *arguments: str) -> str:
    """Run the command; return what all files say that it has written."""
    assert move.main([*arguments], book) == 0
    return run_git(book, "status", "--porcelain")


def cells(book: Path, path: str) -> dict[str, str]:
    notebook = clean.read(book / path)
    return {cell.id: cell.source for cell in notebook.cells}


def test_a_section_that_moves_up_lets_the_others_move_down(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved(book, ONE.path, "chapters/71_alpha/03_last.ipynb")
    names = sorted(path.name for path in (book / "chapters" / "71_alpha").iterdir())
    assert names == ["01_two.ipynb", "02_three.ipynb", "03_last.ipynb"]
    two = cells(book, "chapters/71_alpha/01_two.ipynb")
    assert two["links"] == (
        "[section 3](03_last.ipynb)\n\n[section 2](02_three.ipynb)\n\n"
        "[section 1 of chapter 72](../72_beta/01_four.ipynb)"
    )
    four = cells(book, FOUR.path)
    assert "[section 3 of chapter 71](../71_alpha/03_last.ipynb)" in four["links"]
    said = capsys.readouterr().out
    assert "chapters/71_alpha/01_one.ipynb -> chapters/71_alpha/03_last.ipynb" in said
    assert "71_alpha/03_last.ipynb, cell 4: ## Next" in said
    readme = (book / "README.md").read_text()
    assert readme.index("01_two.ipynb") < readme.index("02_three.ipynb")
    assert readme.index("02_three.ipynb") < readme.index("03_last.ipynb")


def test_everything_that_hangs_on_a_section_follows(book: Path) -> None:
    status = moved(book, TWO.path, "chapters/71_alpha/01_two.ipynb")
    two = (book / "chapters/71_alpha/01_two.ipynb").read_text()
    assert two.count("71.1a") == 5  # heading, call, comment, output and its data
    assert "0.71 71/02 71.2\\n" in two
    assert "cG5nNzEuMmE=" in two
    assert "71.2a" not in two
    read = {name: (book / name).read_text() for name in ABOUT}
    assert read["CONTRIBUTING.md"].startswith("`pytest chapters/71_alpha/01_two.ipynb`")
    assert read["pyproject.toml"] == ABOUT["pyproject.toml"].replace("(71/02)", "(71/01)")
    assert read["tests/form/helpers.py"] == 'BUILT = {"wave": "71/01", "later": "71/09"}\n'
    assert read["tests/test_lab.py"] == ABOUT["tests/test_lab.py"]
    assert read["d2lutils/waves.py"] == (
        '"""Built by hand in 71/01. As section 1 of chapter 71 says."""\n'
    )
    for path, text in MODULES.items():
        first, second = ((book / path.format(number)).read_text() for number in (1, 2))
        assert (first, second) == (text.format(1), text.format(2))
    assert "chapters/71_alpha/02_two.ipynb -> chapters/71_alpha/01_two.ipynb" in status


def test_a_new_name_moves_nothing_else(book: Path) -> None:
    moved(book, TWO.path, "chapters/71_alpha/02_waves.ipynb")
    assert "[section 2](02_waves.ipynb)" in cells(book, ONE.path)["links"]
    assert ABOUT["tests/form/helpers.py"] == (book / "tests/form/helpers.py").read_text()


def test_a_section_moves_to_another_chapter(book: Path) -> None:
    moved(book, TWO.path, "chapters/72_beta/01_two.ipynb")
    two = cells(book, "chapters/72_beta/01_two.ipynb")
    assert two["links"] == (
        "[section 1 of chapter 71](../71_alpha/01_one.ipynb)\n\n"
        "[section 2 of chapter 71](../71_alpha/02_three.ipynb)\n\n"
        "[section 2 of chapter 72](02_four.ipynb)"
    )
    one = cells(book, ONE.path)
    assert "[section 1 of chapter 72](../72_beta/01_two.ipynb)" in one["links"]
    assert "[section 2](02_three.ipynb)" in one["links"]
    module = book / "d2lutils/checks/chapter_72/section_01.py"
    assert '"""Checks of 72/01, as in section 1."""\n\n@exercise("72.1a")' in module.read_text()
    assert module.with_name("__init__.py").read_text() == '"""Checks of chapter 72."""\n'
    assert (book / "tests/test_lab.py").read_text() == ABOUT["tests/test_lab.py"].replace(
        "03_three", "02_three"
    )


def test_split_copies_a_section_with_its_exercises(book: Path) -> None:
    status = moved(book, "--split", TWO.path, "chapters/71_alpha/03_second.ipynb")
    first, second = (
        (book / f"chapters/71_alpha/{stem}.ipynb").read_text() for stem in ("02_two", "03_second")
    )
    assert first.count("71.2a") == second.count("71.3a") == 5
    assert "71.2a" not in second
    assert "[section 4](04_three.ipynb)" in first
    assert "[section 4](04_three.ipynb)" in second
    for path, text in MODULES.items():
        every = [(book / path.format(number)).read_text() for number in (1, 2, 3, 4)]
        assert every == [text.format(number) for number in (1, 2, 3, 4)]
    assert " A chapters/71_alpha/03_second.ipynb" in status
    assert (book / "tests/form/helpers.py").read_text() == ABOUT["tests/form/helpers.py"]


def test_split_before_the_section_itself(book: Path) -> None:
    moved(book, "--split", ONE.path, "chapters/71_alpha/01_zero.ipynb")
    zero, one = (
        (book / f"chapters/71_alpha/{stem}.ipynb").read_text() for stem in ("01_zero", "02_one")
    )
    assert zero.count("71.1a") == one.count("71.2a") == 5


def test_insert_makes_room_up_to_the_first_gap(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved(book, "--insert", "chapters/71_alpha/02_new.ipynb")
    folder = book / "chapters" / "71_alpha"
    names = ["01_one.ipynb", "03_two.ipynb", "04_three.ipynb"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert "[section 3](03_two.ipynb)" in cells(book, ONE.path)["links"]
    assert "01_one.ipynb, cell 4: ## Next" in capsys.readouterr().out
    run_git(book, "commit", "-qam", "Room")
    moved(book, "--insert", "chapters/71_alpha/01_first.ipynb")
    names = ["02_one.ipynb", "03_two.ipynb", "04_three.ipynb"]
    assert sorted(path.name for path in folder.iterdir()) == names


def test_what_is_moved_to_and_fro_is_as_it_was(book: Path) -> None:
    moved(book, ONE.path, "chapters/71_alpha/03_one.ipynb")
    run_git(book, "add", ".")
    run_git(book, "commit", "-qm", "To")
    moved(book, "chapters/71_alpha/03_one.ipynb", ONE.path)
    run_git(book, "add", ".")
    changed = run_git(book, "diff", "--name-only", "HEAD~1").split()
    assert changed == ["README.md"]  # its contents were empty


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([TWO.path], "say TO=… alone with INSERT=1"),
        (["--insert", TWO.path, ONE.path], "say TO=… alone"),
        (["chapters/71_alpha/02_tow.ipynb", ONE.path], "git has no chapters/71_alpha/02_tow.ipynb"),
        ([TWO.path, TWO.path], "is there already"),
        ([TWO.path, "chapters/71_alpha/04_two.ipynb"], "goes on with number 03 at most"),
        (["--insert", "chapters/72_beta/03_x.ipynb"], "goes on with number 02 at most"),
        (["--insert", "chapters/72_beta/00_x.ipynb"], "goes on with number 02 at most"),
        ([TWO.path, "chapters/73_gamma/01_x.ipynb"], "there is no folder chapters/73_gamma"),
        ([TWO.path, "chapters/02_two.ipynb"], "a section is called chapters/03_data/08_name.ipynb"),
        (["README.md", TWO.path], "a section is called"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    book: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert move.main(arguments, book) == 1
    said = capsys.readouterr().err
    assert said.startswith("Nothing was changed: ")
    assert line in said
    assert said.count("\n") == 1
    assert run_git(book, "status", "--porcelain") == ""


def test_only_files_that_git_can_put_back_are_touched(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = book / "CONTRIBUTING.md"
    about.write_text(about.read_text() + "More.\n")
    (book / "notes.md").write_text("71/02\n")
    (book / "chapters/71_alpha/mine1_02_two.ipynb").write_text("{}")
    before = run_git(book, "status", "--porcelain")
    assert move.main([TWO.path, ONE.path.replace("one", "two")], book) == 1
    said = capsys.readouterr().err
    assert "CONTRIBUTING.md has changes that are not committed: commit them first" in said
    assert run_git(book, "status", "--porcelain") == before
    run_git(book, "commit", "-qam", "More")
    (book / "d2lutils/checks/chapter_71/__init__.py").write_text("# mine\n")
    assert move.main([TWO.path, ONE.path.replace("one", "two")], book) == 0
    assert (book / "notes.md").read_text() == "71/02\n"
    assert (book / "chapters/71_alpha/mine1_02_two.ipynb").read_text() == "{}"
    assert (book / "d2lutils/checks/chapter_71/__init__.py").read_text() == "# mine\n"


def test_a_file_in_the_way_stays(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (book / "chapters/71_alpha/04_three.ipynb").write_text(clean.dumps(page(ONE)))
    before = run_git(book, "status", "--porcelain")
    assert move.main(["--insert", "chapters/71_alpha/01_new.ipynb"], book) == 1
    assert "04_three.ipynb is in the way" in capsys.readouterr().err
    assert run_git(book, "status", "--porcelain") == before


def test_without_git_nothing_is_changed(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(book / ".git")
    assert move.main([TWO.path, ONE.path.replace("one", "two")], book) == 1
    assert "git must be able to put all back, and says: " in capsys.readouterr().err
    assert (book / TWO.path).exists()


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Section 2 and section 3.", "Section 3 and section 1 of chapter 72."),
        ("section\n2 of chapter 71,", "section\n3 of chapter 71,"),
        ("chapter 71, section 2", "chapter 71, section 3"),
        ("Chapter 71's section 3", "Chapter 72's section 1"),
        ("sections 1 and 2", "sections 1 and 3"),
        ("sections 1 to 2", "sections 1 to 3"),
        ("sections 2 and 3", "sections 2 and 3"),  # of two chapters now: people are told
        ("section 2 of chapter 72", "section 2 of chapter 72"),
        ("section 2 of the paper", "section 2 of the paper"),
        ("Section 02/01, sections 71/02", "Section 02/01, sections 71/03"),
        ("section 2.1 and section 21", "section 2.1 and section 21"),
        ("[section 2](https://example.org)", "[section 2](https://example.org)"),
        ("[section 2](02_two.ipynb#A-b)", "[section 3](03_two.ipynb#A-b)"),
        ("[section 3](03_three.ipynb)", "[section 1 of chapter 72](../72_beta/01_three.ipynb)"),
        ("[x](../71_alpha/02_two.ipynb)", "[x](../71_alpha/03_two.ipynb)"),
        ("71/02, 71/02. (71/03)", "71/03, 71/03. (72/01)"),
        ("71/02/12 12/71/02 71/02.5 171/02", "71/02/12 12/71/02 71/02.5 171/02"),
        ("71.2a 71.3b; 71.2 71.22a 1.71.2a 71.2ab", "71.3a 72.1b; 71.2 71.22a 1.71.2a 71.2ab"),
        ("from d2lutils.checks.chapter_71 import section_02", "… import section_03"),
        ('"chapter_71" / "section_02.py"', '"chapter_71" / "section_03.py"'),
        ("02_two and 02_two_more, x02_two", "03_two and 02_two_more, x02_two"),
        ("chapters/71_alpha/rise.css", "chapters/71_alpha/rise.css"),
    ],
)
def test_a_reference_is_told_from_what_looks_like_one(text: str, after: str) -> None:
    new = {ONE: ONE, TWO: Section("71_alpha", "03_two"), THREE: Section("72_beta", "01_three")}
    renumbering = Renumbering(new)
    found = renumbering.text(text, ONE.path, ONE.path)
    assert found == after.replace("…", "from d2lutils.checks.chapter_71")
    assert bool(renumbering.unclear) == (text == after == "sections 2 and 3")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book itself, copied as it lies here, in a git of its own."""
    root = tmp_path_factory.mktemp("book") / "book"
    listed = ["ls-files", "--cached", "--others", "--exclude-standard"]
    for name in run_git(ROOT, *listed, "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    run_git(root, "init", "-q")
    run_git(root, "add", ".")
    run_git(root, "commit", "-qm", "The book")
    return root


def test_the_book_keeps_its_rules_and_passes_its_checks(
    real: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(real)
    files = run_git(real, "ls-files", "chapters").split()
    book = [section for section in map(Section.of, files) if section]
    chapter = [section for section in book if section.chapter == 2]
    split, copy = chapter[2], Section(chapter[2].folder, "04_split_off")
    last = f"chapters/{copy.folder}/{len(chapter) + 1:02}_moved.ipynb"
    for paths in (["--split", split.path, copy.path], [copy.path, last]):
        assert move.main(paths, real) == 0
        run_git(real, "add", ".")
        run_git(real, "commit", "-qm", "Moved")
    python = [sys.executable, "-m"]
    command = [*python, "tests.form", split.path, last]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert told.count(Path(split.path).name) == told.count(Path(last).name), told
    touched = [
        Path(name).name
        for name in run_git(real, "diff", "--name-only", "HEAD~2").split()
        if name.endswith(".ipynb") and name != last
    ]
    wanted = " or ".join(["helper", "contents", "cases", "02.3", f"02.{len(chapter)}", *touched])
    tests = ["tests/test_form.py", "tests/test_checks.py", "tests/test_contents.py"]
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", "-k", wanted]
    command = [*python, "pytest", *options, *tests]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-3000:]
    moved_last = (real / last).read_text()
    assert f'"02.{len(chapter) + 1}a"' in moved_last.replace("\\", "")
