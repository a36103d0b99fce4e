"""`d2l.save_checkpoint` and `d2l.load_checkpoint` under faults: whole, or one line."""

import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import StepLR

import d2lutils as d2l
from d2lutils.checkpoints import files, reading, writing
from d2lutils.errors import BookError

ROOT = Path(files.__file__).parents[2]


def make(seed):
    """A network, its optimizer after one step, and a schedule."""
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    optimizer = Adam(net.parameters(), lr=0.1)
    scheduler = StepLR(optimizer, 2)
    net(torch.randn(5, 3)).square().sum().backward()
    optimizer.step(), scheduler.step()
    return {"net": net, "optimizer": optimizer, "scheduler": scheduler}


def plain(value):
    """States as lists, to be compared by ==."""
    if isinstance(value, torch.Tensor):
        return str(value.dtype), value.tolist()
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def states(parts):
    return {name: plain(part.state_dict()) for name, part in parts.items()}


def write(content, path):
    """A file of torch.save with the checksum that load_checkpoint compares."""
    with path.open("w+b") as file:
        torch.save(content, file)
        reading.seal(file)


def refused(call, *arguments, **named):
    """The one line that a call raises."""
    with pytest.raises(BookError) as caught:
        call(*arguments, **named)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_round_trip(tmp_path):
    parts, others = make(1), make(2)
    generator = torch.Generator().manual_seed(7)
    values = {"epoch": 3, "note": "é", "losses": [0.5, 0.25], "t": torch.arange(3), "n": None}
    path = d2l.save_checkpoint(tmp_path / "a.pt", **parts, generator=generator, **values)
    expected = torch.rand(4, generator=generator)
    other = torch.Generator().manual_seed(8)
    found = d2l.load_checkpoint(path, **others, generator=other)
    assert plain(found) == plain(values)
    assert states(others) == states(parts)
    assert torch.equal(torch.rand(4, generator=other), expected)


def draws():
    return random.random(), np.random.rand(), np.random.normal(), torch.rand(2).tolist()


def test_random_numbers_go_on(tmp_path):
    np.random.normal()  # NumPy keeps a second one for later
    path = d2l.save_checkpoint(tmp_path / "a.pt", epoch=1)
    expected = draws()
    d2l.load_checkpoint(path)
    assert draws() == expected
    d2l.load_checkpoint(path, random_states=False)
    assert draws() != expected


def test_every_accelerator_state_is_kept(tmp_path, monkeypatch):
    """A stand-in for torch.cuda with two GPUs, so that this runs on a machine without one."""

    class Cuda:
        kept = ()
        is_initialized = staticmethod(lambda: True)
        get_rng_state_all = classmethod(lambda cls: list(cls.kept))

        @classmethod
        def set_rng_state(cls, state, device):
            cls.kept[device] = state

    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda **_: torch.device("cuda"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 2)
    monkeypatch.setattr(torch, "get_device_module", lambda device: Cuda)
    Cuda.kept = [torch.tensor(state, dtype=torch.uint8) for state in ([1, 2], [3, 4])]
    path = d2l.save_checkpoint(tmp_path / "a.pt", epoch=1)
    Cuda.kept = [torch.zeros(2, dtype=torch.uint8)] * 2
    d2l.load_checkpoint(path)
    assert plain(Cuda.kept) == [("torch.uint8", [1, 2]), ("torch.uint8", [3, 4])]
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 1)
    Cuda.kept = [torch.zeros(2, dtype=torch.uint8)]
    d2l.load_checkpoint(path)
    assert plain(Cuda.kept) == [("torch.uint8", [1, 2])]


def test_tied_weights_stay_tied(tmp_path):
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.other = nn.Linear(3, 3), nn.Linear(3, 3)
            self.other.weight = self.one.weight

    net, copy = Tied(), Tied()
    d2l.load_checkpoint(d2l.save_checkpoint(tmp_path / "a.pt", net=net), net=copy)
    assert copy.other.weight is copy.one.weight
    assert torch.equal(copy.one.weight, net.one.weight)


def test_folders_are_made_and_nothing_is_left_behind(tmp_path):
    path = d2l.save_checkpoint(tmp_path / "new" / "folder" / "a.pt", epoch=1)
    assert {p.name for p in path.parent.iterdir()} <= {"a.pt", ".a.pt.lock"}


def test_others_may_read_it_as_any_other_file(tmp_path):
    path = d2l.save_checkpoint(tmp_path / "a.pt", epoch=1)
    (tmp_path / "other").write_bytes(b"")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "a.pt"
    link.symlink_to(tmp_path / "there" / "real.pt")
    d2l.save_checkpoint(link, epoch=1)
    assert link.is_symlink()
    assert d2l.load_checkpoint(link) == {"epoch": 1}


# What one cannot save


class Local:
    pass


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (lambda: 1, "holds function"),
        (Local(), "test_checkpoints.Local, which"),
        (np.float64(1), "holds numpy"),
        ({"deep": [np.zeros(2)]}, "holds numpy"),
        (Path("x"), "holds pathlib"),
        (nn.Linear, "is the class Linear"),
        (nn.LazyLinear(3), "lazy layers"),
        (threading.Lock(), "holds "),
    ],
)
def test_what_no_safe_reader_takes_is_refused_when_saving(value, told, tmp_path):
    path = d2l.save_checkpoint(tmp_path / "a.pt", epoch=1)
    line = refused(d2l.save_checkpoint, path, epoch=2, mine=value)
    assert told in line
    assert "mine" in line
    assert d2l.load_checkpoint(path) == {"epoch": 1}
    assert not list(tmp_path.glob(".*.partial"))


def test_nothing_to_save(tmp_path):
    assert "net=net" in refused(d2l.save_checkpoint, tmp_path / "a.pt")
    assert not list(tmp_path.iterdir())


# Killed while writing

WRITER = """
    import os, signal, sys, torch
    sys.path[:0] = ["tests", "."]
    import d2lutils as d2l
    from d2lutils.checkpoints import writing
    from test_checkpoints import make

    point = steps = 0

    def step():
        global steps
        steps += 1
        if steps == point:
            os.kill(os.getpid(), signal.SIGKILL)

    class Writing:
        '''A file that may end its process before each piece, with half of it written.'''
        def __init__(self, file):
            self.file = file
        def write(self, data):
            data = bytes(data)
            if steps + 1 == point:
                self.file.write(data[: len(data) // 2])
                self.file.flush()
            step()
            return self.file.write(data)
        def __getattr__(self, name):
            return getattr(self.file, name)

    save, replace, fsync = torch.save, writing.Path.replace, os.fsync
    torch.save = lambda content, file: save(content, Writing(file))
    writing.Path.replace = lambda *names: (step(), replace(*names), step())
    os.fsync = lambda handle: (step(), fsync(handle))

    def in_a_process(path, number):
        '''Write, in a process of its own, which ends before step `number`.'''
        global point
        child = os.fork()
        if child == 0:
            point = number
            d2l.save_checkpoint(path, **parts, epoch=2)
            os._exit(steps)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    parts = make(2)
    last = in_a_process(sys.argv[1], 0)
    # The last steps lie around the renaming; the others are spread over the pieces written.
    early = [1 + (last - 6) * i // 14 for i in range(15)]
    points = early + list(range(last - 4, last + 1))
    for path, number in zip(sys.argv[2:], points, strict=True):
        print(in_a_process(path, number))
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """Twenty checkpoints, each after a writer of a newer one was killed at another point."""
    folder = tmp_path_factory.mktemp("killed")
    paths = [folder / f"{part}.pt" for part in range(20)]
    for path in paths:
        d2l.save_checkpoint(path, **make(1), epoch=1)
    arguments = [sys.executable, "-c", textwrap.dedent(WRITER), folder / "whole.pt", *paths]
    run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [str(-signal.SIGKILL)] * 20
    return paths


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.parametrize("part", range(20))
def test_killed_at_any_point_one_is_whole(part, killed):
    path, found = killed[part], make(3)
    epoch = d2l.load_checkpoint(path, **found)["epoch"]
    assert epoch == (2 if part >= 18 else 1)  # the renaming is the last step but two
    assert states(found) == states(make(epoch))
    d2l.save_checkpoint(path, **make(4), epoch=4)  # what it left is in nobody's way
    assert d2l.load_checkpoint(path)["epoch"] == 4
    assert not path.with_name(f".{path.name}.partial").exists()


# Disks that refuse


class Full:
    """A file on a disk that holds so many bytes."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def write(self, data):
        self.room -= len(bytes(data))
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return self.file.write(data)

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.mark.parametrize("room", [0, 1, 100, 2000, 10_000, 20_000])
def test_a_full_disk_leaves_the_older_one(room, tmp_path, monkeypatch):
    path = d2l.save_checkpoint(tmp_path / "a.pt", **make(1), epoch=1)
    save = torch.save
    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", lambda content, file: save(content, Full(file, room)))
        line = refused(d2l.save_checkpoint, path, **make(2), epoch=2)
    assert "No space left on device. Make room there" in line
    assert "The file that was there before is whole" in line
    assert not list(tmp_path.glob(".*.partial"))
    assert d2l.load_checkpoint(path)["epoch"] == 1


@pytest.fixture
def reachable():
    """A folder that other users can reach, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


REFUSED = """
    import os, resource, signal, sys
    sys.path[:0] = ["tests", "."]
    import d2lutils as d2l
    from test_checkpoints import make

    parts = make(2)
    try:
        if sys.argv[2] == "limit":
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
        elif os.geteuid() == 0:  # root may write everywhere
            os.setegid(65534), os.seteuid(65534)
        d2l.save_checkpoint(sys.argv[1], **parts, epoch=2)
    except d2l.BookError as error:
        print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits and users as Unix has them")
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("limit", "File too large. Make room there"),
        ("permission", "Permission denied. Name a file that you can write to"),
    ],
)
def test_a_real_refusal_leaves_the_older_one(fault, told, reachable):
    folder = reachable / "folder"
    path = d2l.save_checkpoint(folder / "a.pt", **make(1), epoch=1)
    folder.chmod(0o755 if fault == "limit" else 0o555)
    arguments = [sys.executable, "-c", textwrap.dedent(REFUSED), path, fault]
    try:
        run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)
    finally:
        folder.chmod(0o755)
    assert told in run.stdout
    assert "The file that was there before is whole" in run.stdout
    assert d2l.load_checkpoint(path)["epoch"] == 1
    assert not list(folder.glob(".*.partial"))


@pytest.mark.parametrize("name", ["", "folder", "a.pt/b.pt", "x" * 300, "device"])
def test_a_path_that_takes_no_file(name, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.pt").write_text("mine")
    if name == "device" and hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / name)
    elif name == "device":
        pytest.skip("no pipes on this system")
    refused(d2l.save_checkpoint, tmp_path / name, epoch=1)
    assert (tmp_path / "a.pt").read_text() == "mine"


def test_a_path_that_is_none():
    assert "path=3" in refused(d2l.save_checkpoint, 3, epoch=1)
    assert "path=3" in refused(d2l.load_checkpoint, 3)


# Two writers


def test_two_writers_take_turns(tmp_path):
    path = tmp_path / "a.pt"
    parts = {seed: make(seed) for seed in range(4)}

    def write(seed):
        for _ in range(5):
            d2l.save_checkpoint(path, **parts[seed], epoch=seed)
            found.append(d2l.load_checkpoint(path, random_states=False)["epoch"])

    found = []
    threads = [threading.Thread(target=write, args=[seed]) for seed in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    last = make(9)
    epoch = d2l.load_checkpoint(path, **last)["epoch"]
    assert states(last) == states(parts[epoch])


def test_a_writer_that_never_ends_is_told(tmp_path, monkeypatch):
    path = d2l.save_checkpoint(tmp_path / "a.pt", epoch=1)
    monkeypatch.setattr(writing, "PATIENCE", 0.05)
    with writing.alone(tmp_path / ".a.pt.lock", "unused", 1.0):
        line = refused(d2l.save_checkpoint, path, epoch=2)
    assert "Another process has been writing" in line
    assert d2l.load_checkpoint(path) == {"epoch": 1}


# Files that are damaged


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A checkpoint's bytes and what it holds."""
    path = tmp_path_factory.mktemp("saved") / "a.pt"
    d2l.save_checkpoint(path, **make(1), epoch=1)
    return path.read_bytes(), states(make(1))


def test_cut_at_fifty_places(saved, tmp_path):
    whole, _ = saved
    path, parts = tmp_path / "a.pt", make(2)
    before = states(parts)
    for length in np.linspace(0, len(whole) - 1, 50).astype(int).tolist():
        path.write_bytes(whole[:length])
        line = refused(d2l.load_checkpoint, path, **parts)
        assert str(path) in line
        assert "is empty" in line or "another kind" in line or "cut off or damaged" in line
    assert states(parts) == before


def damage(whole):
    """A checkpoint's bytes with a bit flipped, a byte left out, a byte put in: at many places."""
    places = random.Random(1).sample(range(4, len(whole)), 300)
    for place in [*places, *range(len(whole) - 100, len(whole))]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        yield flipped
    for place in places[:40]:
        yield whole[:place] + whole[place + 1 :]
        yield whole[:place] + b"\0" + whole[place:]


def test_damage_is_seen(saved, tmp_path):
    whole, _ = saved
    path, parts = tmp_path / "a.pt", make(2)
    before = states(parts)
    for damaged in damage(whole):
        path.write_bytes(damaged)
        try:
            values = d2l.load_checkpoint(path, **parts, random_states=False)
        except BookError:
            assert states(parts) == before
        else:
            raise AssertionError(f"damage was not seen: {values}")


def test_others_read_it_too(saved, tmp_path):
    whole, expected = saved
    (tmp_path / "a.pt").write_bytes(whole)
    content = torch.load(tmp_path / "a.pt", weights_only=True, mmap=True)
    assert {name: plain(state) for name, state in content["states"].items()} == expected


# Files of another kind


class Evil:
    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_a_program_in_a_file_does_not_run(tmp_path):
    evil = Evil()
    evil.folder = str(tmp_path / "ran")
    path = tmp_path / "a.pt"
    write({files.MARK: 1, "states": {}, "values": evil}, path)
    assert "could run code" in refused(d2l.load_checkpoint, path)
    assert not (tmp_path / "ran").exists()


def test_foreign_files(tmp_path):
    path = tmp_path / "a.pt"
    for content in [b"", b"\x89PNG\r\n", b"<!DOCTYPE html>", b"version https://git-lfs", b"PK"]:
        path.write_bytes(content)
        assert str(path) in refused(d2l.load_checkpoint, path)
    torch.save(nn.Linear(2, 2).state_dict(), path)
    assert "no checkpoint of d2l.save_checkpoint" in refused(d2l.load_checkpoint, path)
    torch.save(torch.ones(2), path)
    assert "no checkpoint of d2l.save_checkpoint" in refused(d2l.load_checkpoint, path)
    assert "There is no checkpoint" in refused(d2l.load_checkpoint, tmp_path / "none.pt")
    assert "cannot be read" in refused(d2l.load_checkpoint, tmp_path)


@pytest.mark.parametrize("version", [0, 2, 99, "1", None, torch.ones(2)])
def test_an_older_and_a_newer_format(version, tmp_path):
    path = d2l.save_checkpoint(tmp_path / "a.pt", **make(1))
    content = torch.load(path, weights_only=True)
    write(content | {files.MARK: version}, path)
    parts = make(2)
    before = states(parts)
    assert "format" in refused(d2l.load_checkpoint, path, **parts)
    assert states(parts) == before


def test_a_file_that_claims_to_be_one(tmp_path):
    path = d2l.save_checkpoint(tmp_path / "a.pt", **make(1))
    content = torch.load(path, weights_only=True)
    for name in content.keys() - {files.MARK}:
        write({key: value for key, value in content.items() if key != name}, path)
        assert "no checkpoint of d2l.save_checkpoint" in refused(d2l.load_checkpoint, path)


# Parts that do not fit: all stay as they were


def linear(dtype=torch.float32):
    layers = nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)
    return nn.Sequential(*layers).to(dtype)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"net": nn.Linear(3, 4)}, "does not fit net"),
        ({"net": nn.Sequential(nn.Linear(3, 5))}, "does not fit net"),
        ({"net": linear(torch.float64)}, "was saved as torch.float32 and is torch.float64"),
        ({"optimizer": SGD(linear().parameters(), 0.1)}, "was saved as Adam, and is SGD"),
        ({"optimizer": Adam(nn.Linear(2, 2).parameters())}, "has parameters of other shapes"),
        (
            {"optimizer": Adam([nn.Parameter(torch.ones(n)) for n in range(6)])},
            "has parameters of other shapes",
        ),
        ({"other": nn.Linear(2, 2)}, "holds no state of other: it has net, optimizer, scheduler"),
        ({"epoch": 3}, "epoch takes an object to fill"),
        ({"net": nn.Linear}, "is the class Linear"),
        ({"net": None}, "net takes an object to fill"),
    ],
)
def test_all_stay_as_they_were_where_one_does_not_fit(change, told, tmp_path):
    path = d2l.save_checkpoint(tmp_path / "a.pt", **make(1), epoch=3)
    parts = make(2)
    before, random_state = states(parts), torch.get_rng_state()
    # The parts that fit come first and last.
    arguments = {"scheduler": parts["scheduler"]} | parts | change
    assert told in refused(d2l.load_checkpoint, path, **arguments)
    assert states(parts) == before
    assert torch.equal(torch.get_rng_state(), random_state)


def test_a_generator_of_another_kind_of_state(tmp_path):
    path = d2l.save_checkpoint(tmp_path / "a.pt", part=nn.Linear(2, 2))
    refused(d2l.load_checkpoint, path, part=torch.Generator())


def test_a_part_alone_is_loaded(tmp_path):
    path = d2l.save_checkpoint(tmp_path / "a.pt", **make(1), epoch=3)
    net = linear()
    assert d2l.load_checkpoint(path, net=net) == {"epoch": 3}
    assert plain(net.state_dict()) == states(make(1))["net"]
