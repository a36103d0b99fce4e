"""pyproject.toml, environment.yml, constraints.txt, workflow and Makefile tell one story."""

import json
import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDED = [*PROJECT["dependencies"], *EXTRAS["performance"], *EXTRAS["dev"]]
# What conda-forge calls them, where it has another name.
CONDA = {
    "pytorch": "torch",
    "matplotlib-base": "matplotlib",
    "playwright-python": "playwright",
    "pysoundfile": "soundfile",
}


def split(requirement: str) -> tuple[str, str]:
    """`numpy>=2.1` as name and bound."""
    name, bound = re.fullmatch(r"([A-Za-z0-9_-]+)(.*)", requirement).groups()  # type: ignore[union-attr]
    return name.lower().replace("_", "-"), bound


def numbers(version: str) -> tuple[int, ...]:
    """2.11.0 as (2, 11, 0)."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


@pytest.fixture(scope="module")
def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    return yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))


def test_conda_gets_the_same_packages_and_bounds() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *plain, by_pip = environment["dependencies"]
    assert by_pip["pip"][-1] == "-e ."
    found = dict(map(split, [*plain, *by_pip["pip"][:-1]]))
    assert found.pop("python") == PROJECT["requires-python"]
    assert found.pop("pip") == ""
    assert {CONDA.get(name, name): bound for name, bound in found.items()} == dict(
        map(split, NEEDED)
    )


def test_constraints_hold_every_dependency_within_its_bound(constraints: dict[str, str]) -> None:
    for name, bound in map(split, NEEDED):
        assert name in constraints, f"{name} is missing: make known-good"
        assert numbers(constraints[name]) >= numbers(bound), name


def test_constraints_serve_every_platform(constraints: dict[str, str]) -> None:
    assert not [name for name in constraints if name.startswith(("nvidia-", "cuda-", "triton"))]
    for name, version in constraints.items():
        assert re.fullmatch(r"[\w.]+", version), f"{name}: a public version, no local one, no URL"


def runs(job: dict[str, Any]) -> list[str]:
    return [line for step in job["steps"] for line in step.get("run", "").splitlines()]


def test_the_workflow_calls_targets_that_exist(workflow: dict[str, Any]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    calls = [line.split() for job in workflow["jobs"].values() for line in runs(job)]
    made = [words for words in calls if words[:1] == ["make"]]
    assert {words[1] for words in made} >= {"test", "check"}
    for _, target, *options in made:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
        for option in options:
            assert f"$({option.partition('=')[0]})" in makefile, option


def test_the_workflow_covers_systems_and_versions(workflow: dict[str, Any]) -> None:
    jobs = workflow["jobs"]
    assert jobs["unix"]["strategy"]["matrix"]["os"] == ["ubuntu-latest", "macos-latest"]
    assert jobs["windows"]["runs-on"] == "windows-latest"
    bounds = dict(map(split, NEEDED))
    oldest = [f"{name}=={bounds[name][2:]}.*" for name in ("torch", "torchvision", "executorch")]
    for job in ("unix", "windows"):
        assert jobs[job]["strategy"]["matrix"]["constraint"] == [" ".join(oldest), ""]
    python = PROJECT["requires-python"].removeprefix(">=")
    assert jobs["unix"]["strategy"]["matrix"]["python"][0] == python


def test_windows_types_what_the_readme_says(workflow: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    plain = [step["run"] for step in workflow["jobs"]["windows"]["steps"] if "run" in step][-1]
    for line in plain.splitlines():
        assert re.search(rf"^{re.escape(line)}( +#.*)?$", readme, re.MULTILINE), line


def test_the_readme_names_every_target(workflow: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = ("lab", "test", "fresh", "execute", "check")
    assert not [target for target in targets if f"make {target}" not in readme]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_ci_runs_make_test() -> None:
    run = ROOT / ".ci" / "run"
    assert run.stat().st_mode & stat.S_IXUSR
    assert run.read_text(encoding="utf-8").rstrip().endswith("exec make test")


def test_ci_installs_a_browser_its_driver_and_a_compiler() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    added = set(" ".join(re.findall(r"missing\+=\((.*?)\)", run)).split())
    assert added >= {"chromium", "fonts-dejavu-core", "libatomic1", "g++"}
    assert "D2L_REQUIRE_BROWSER=1" in run


def test_the_lab_settings_are_installed_with_the_package() -> None:
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    shared = hatch["build"]["targets"]["wheel"]["shared-data"]
    ((source, target),) = shared.items()
    json.loads((ROOT / source).read_text(encoding="utf-8"))
    assert target == "etc/jupyter/labconfig/default_setting_overrides.d/d2l.json"


def test_every_chapter_has_the_slides_look() -> None:
    """jupyterlab-rise loads only the rise.css that lies beside the notebook."""
    chapters = {path.parent for path in (ROOT / "chapters").glob("*/*.ipynb")}
    for chapter in chapters:
        assert (chapter / "rise.css").read_text() == '@import url("../rise.css");\n', chapter
