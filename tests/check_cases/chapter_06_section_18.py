"""Answers to the exercises of 06/18, checkpoints that survive."""

import zipfile

import torch

from check_cases import NOT_NEGATIVE, WHOLE, Cases

TRUTH = "only its truth value is used"


def superfluous(losses, keep):
    best = losses.index(min(losses)) + 1
    older = range(1, len(losses) - keep + 1)
    return [epoch for epoch in older if epoch != best]


def by_sets(losses, keep):
    epochs = range(1, len(losses) + 1)
    newest = set(epochs[max(len(losses) - keep, 0) :])
    best = min(epochs, key=lambda epoch: losses[epoch - 1])
    return sorted(set(epochs) - newest - {best})


def by_tensor(losses, keep):
    best = int(torch.tensor(losses).argmin()) + 1
    return [e for e in range(1, len(losses) + 1) if e <= len(losses) - keep and e != best]


def from_zero(losses, keep):
    best = losses.index(min(losses))
    return [epoch for epoch in range(len(losses) - keep) if epoch != best]


def best_forgotten(losses, keep):
    return list(range(1, len(losses) - keep + 1))


def last_of_equals(losses, keep):
    best = len(losses) - losses[::-1].index(min(losses))
    return [epoch for epoch in range(1, len(losses) - keep + 1) if epoch != best]


def highest(losses, keep):
    best = losses.index(max(losses)) + 1
    return [epoch for epoch in range(1, len(losses) - keep + 1) if epoch != best]


def best_counts_as_one(losses, keep):
    best = losses.index(min(losses)) + 1
    return [epoch for epoch in range(1, len(losses) - keep + 2) if epoch != best]


def by_negative_slice(losses, keep):
    best = losses.index(min(losses)) + 1
    return [epoch for epoch in list(range(1, len(losses) + 1))[:-keep] if epoch != best]


def what_stays(losses, keep):
    removed = superfluous(losses, keep)
    return [epoch for epoch in range(1, len(losses) + 1) if epoch not in removed]


def is_whole(path):
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except Exception:
        return False


def bad_zip_only(folder):
    whole = []
    for path in folder.glob("epoch_*.pt"):
        try:
            with zipfile.ZipFile(path) as archive:
                if archive.testzip() is None:
                    whole.append(path)
        except zipfile.BadZipFile:
            pass
    return max(whole, key=number, default=None)


def number(path):
    return int(path.stem.removeprefix("epoch_"))


def newest_that_opens(folder):
    paths = sorted(folder.glob("epoch_*.pt"), key=number)
    return next((path for path in reversed(paths) if is_whole(path)), None)


def by_max(folder):
    whole = [path for path in folder.glob("epoch_*.pt") if is_whole(path)]
    return max(whole, key=number, default=None)


def by_loop(folder):
    best = None
    for path in folder.iterdir():
        if path.suffix != ".pt" or not path.name.startswith("epoch_") or not is_whole(path):
            continue
        if best is None or number(path) > number(best):
            best = path
    return best


def by_text(folder):
    return max((p for p in folder.glob("epoch_*.pt") if is_whole(p)), default=None)


def opens_only(folder):
    found = [path for path in folder.glob("epoch_*.pt") if zipfile.is_zipfile(path)]
    return max(found, key=number, default=None)


def not_looked_at(folder):
    return max(folder.glob("epoch_*.pt"), key=number, default=None)


def raises_at_damage(folder):
    paths = sorted(folder.glob("epoch_*.pt"), key=number, reverse=True)
    return next((p for p in paths if zipfile.ZipFile(p).testzip() is None), None)


def newest_or_none(folder):
    newest = max(folder.glob("epoch_*.pt"), key=number, default=None)
    return newest if newest and is_whole(newest) else None


def by_name(folder):
    found = newest_that_opens(folder)
    return found and found.name


def without_default(folder):
    return max((p for p in folder.glob("epoch_*.pt") if is_whole(p)), key=number)


def tidies_up(folder):
    for path in folder.glob("epoch_*.pt"):
        if not is_whole(path):
            path.unlink()
    return newest_that_opens(folder)


CASES = {
    "06.18a": Cases(
        solution=superfluous,
        wrong=[
            (from_zero, "epoch"),
            (best_forgotten, "has the lowest loss"),
            (last_of_equals, "has the lowest loss (of equal ones the first)"),
            (highest, "has the lowest loss"),
            (best_counts_as_one, "the newest epochs stay"),
            (by_negative_slice, "the newest epochs stay"),
            (what_stays, "has the lowest loss"),
            (lambda losses, keep: tuple(superfluous(losses, keep)), "expected a list"),
        ],
        also_right=[by_sets, by_tensor],
    ),
    "06.18b": Cases(
        solution=newest_that_opens,
        wrong=[
            (by_text, "the newest whole file is epoch_10.pt, not epoch_9.pt"),
            (opens_only, "the newest whole file is epoch_3.pt, not epoch_11.pt"),
            (not_looked_at, "the newest whole file is epoch_9.pt, not epoch_10.pt"),
            (raises_at_damage, "your function raised"),
            (bad_zip_only, "your function raised NotImplementedError"),
            (newest_or_none, "epoch_9.pt is whole; you returned None"),
            (by_name, "expected"),
            (without_default, "your function raised"),
            (tidies_up, "the folder has changed"),
        ],
        also_right=[by_max, by_loop],
        equivalent={
            "return abs(archive.testzip() is None)": TRUTH,
            "return -(archive.testzip() is None)": TRUTH,
            "return int(archive.testzip() is None)": TRUTH,
            "dropped: return False": "None counts as False",
            "return abs(int(path.stem.removeprefix('epoch_')))": NOT_NEGATIVE,
            "return int(int(path.stem.removeprefix('epoch_')))": WHOLE,
            **{
                f"paths = sorted(folder.glob('epoch_*.pt'), key=lambda path: {key})": reason
                for key, reason in {
                    "abs(int(path.stem.removeprefix('epoch_')))": NOT_NEGATIVE,
                    "int(int(path.stem.removeprefix('epoch_')))": WHOLE,
                }.items()
            },
        },
    ),
}
