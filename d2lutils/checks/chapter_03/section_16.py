"""Checks of 03/16, workers."""

from numbers import Integral
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, given


@exercise("03.16a")
def starts(answer: Any) -> None:
    """How many workers a loader starts in some epochs."""
    for workers, epochs, keep in [
        (2, 3, False),
        (2, 3, True),
        (3, 1, True),
        (4, 5, True),
        (3, 1, False),
        (1, 4, False),
        (2, 0, True),
        (2, 0, False),
        (0, 5, False),
    ]:
        usual = [
            (workers * epochs, "persistent workers start in the first epoch only"),
            (epochs, "each epoch starts all `num_workers` workers"),
            (1, "each of the workers starts once, not one for all"),
            (workers + 1, "your own program is there already: it is not started"),
        ]
        if not keep:
            usual[0] = (workers, "workers that are not kept start anew in each epoch")
        if not epochs:
            usual = [(workers, "without an epoch nothing is started")]
        elif not workers:
            usual = [(epochs, "with no workers your own program fetches, and nothing starts")]
        want = workers * (min(epochs, 1) if keep else epochs)
        with given(f"num_workers = {workers}", f"epochs = {epochs}", f"keep = {keep}"):
            got = _whole(call(answer, workers, epochs, keep))
            why = "each epoch starts all workers, unless they are kept"
            expect_equal(got, want, usual=usual, why=why)


def _whole(got: object) -> object:
    """The result; Wrong unless it is a whole number."""
    if isinstance(got, bool) or not isinstance(got, Integral):
        raise Wrong(f"return a whole number, not {got!r:.60}")
    return int(got)


@exercise("03.16b")
def batches_of(answer: Any) -> None:
    """The batches that one worker fetches."""
    for me, workers, count, size in [
        (0, 2, 7, 2),
        (1, 2, 7, 2),
        (1, 3, 11, 2),
        (2, 3, 12, 2),
        (0, 1, 5, 3),
        (3, 4, 5, 2),
        (0, 2, 1, 4),
        (1, 2, 0, 3),
        (0, 2, 0, 3),
        (2, 4, 9, 1),
        (0, 3, 12, 2),
    ]:
        cut = [list(range(i, min(i + size, count))) for i in range(0, count, size)]
        share = -(-len(cut) // workers)
        rows = list(range(me, count, workers))
        usual = [
            ([*cut, []][me::workers], "no batch is empty"),
            (cut, "these are the batches of all workers"),
            (
                [batch for batch in cut[me::workers] if len(batch) == size],
                "the last batch is fetched, though it is smaller",
            ),
            (cut[me * share : (me + 1) * share], "the loader hands the batches out in turn"),
            (cut[me + 1 :: workers], "the first worker's number is 0, not 1"),
            (
                [rows[i : i + size] for i in range(0, len(rows), size)],
                "the batches are dealt out, not the samples: a batch holds neighbours",
            ),
            ([row for batch in cut[me::workers] for row in batch], "keep the batches apart"),
            (list(range(len(cut)))[me::workers], "return the positions in each batch"),
            (
                [list(range(batch[0], batch[0] + size)) for batch in cut[me::workers]],
                "the last batch ends at `count`",
            ),
        ]
        named = [f"me = {me}", f"num_workers = {workers}"]
        with given(*named, f"count = {count}", f"batch_size = {size}"):
            got = _listed(call(answer, me, workers, count, size))
            why = "cut all positions into batches, and take every `num_workers`-th from `me` on"
            expect_equal(got, cut[me::workers], usual=usual, why=why)


def _listed(got: object) -> object:
    """The result, ranges and tuples in it taken for lists; Wrong unless it is a list."""
    if not isinstance(got, list):
        raise Wrong(f"return a list of lists, not {got!r:.60}")
    return [list(batch) if isinstance(batch, range | tuple) else batch for batch in got]
