"""Answers to the exercises of 03/15, datasets and loaders."""

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import BatchSampler

from check_cases import NOT_NEGATIVE, Cases


def cut(order, batch_size, drop_last):
    batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    return batches[:-1] if drop_last and len(order) % batch_size else batches


def filled_up(order, batch_size, drop_last):
    batches = cut(order, batch_size, drop_last)
    return [batch + [0] * (batch_size - len(batch)) for batch in batches]


def last_always_dropped(order, batch_size, drop_last):
    batches = cut(order, batch_size, False)
    return batches[:-1] if drop_last else batches


def eats_the_order(order, batch_size, drop_last):
    batches = []
    while len(order) >= batch_size:
        batches.append(order[:batch_size])
        del order[:batch_size]
    return [*batches, order] if order and not drop_last else batches


def pops_the_last(order, batch_size, drop_last):
    batches = cut(order, batch_size, False)
    if drop_last and len(batches[-1]) < batch_size:
        batches.pop()
    return batches


def one_by_one(order, batch_size, drop_last):
    batches, batch = [], []
    for position in order:
        batch.append(position)
        if len(batch) == batch_size:
            batches.append(batch)
            batch = []
    if batch and not drop_last:
        batches.append(batch)
    return batches


def balance(labels):
    return 1 / labels.bincount()[labels]


def by_unique(labels):
    _, places, counts = labels.unique(return_inverse=True, return_counts=True)
    return counts.double().reciprocal()[places]


def join(samples):
    sequences = [sequence for sequence, _ in samples]
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    labels = torch.tensor([label for _, label in samples])
    return pad_sequence(sequences, batch_first=True), lengths, labels


def on_the_right(samples):
    batch, lengths, labels = join(samples)
    rolled = [row.roll(batch.shape[1] - int(n)) for row, n in zip(batch, lengths, strict=True)]
    return torch.stack(rolled), lengths, labels


def with_padded_lengths(samples):
    batch, lengths, labels = join(samples)
    return batch, torch.full_like(lengths, batch.shape[1]), labels


def with_zeros_taken_for_padding(samples):
    batch, _, labels = join(samples)
    return batch, (batch != 0).sum(dim=1), labels


def always_eight_wide(samples):
    batch, lengths, labels = join(samples)
    return F.pad(batch, (0, 8 - batch.shape[1])), lengths, labels


def into_floats(samples):
    batch, lengths, labels = join(samples)
    return batch.double(), lengths, labels


def through_floats(samples):
    batch, lengths, labels = join(samples)
    return batch.float().to(batch.dtype), lengths, labels


def row_by_row(samples):
    width = max(len(sequence) for sequence, _ in samples)
    rows = [F.pad(sequence, (0, width - len(sequence))) for sequence, _ in samples]
    lengths, labels = zip(*[(len(sequence), label) for sequence, label in samples], strict=True)
    return torch.stack(rows), torch.tensor(lengths), torch.tensor(labels)


def by_mask(samples):
    sequences, labels = zip(*samples, strict=True)
    lengths = torch.tensor([sequence.numel() for sequence in sequences])
    batch = sequences[0].new_zeros(len(samples), int(lengths.max()))
    batch[torch.arange(batch.shape[1]) < lengths[:, None]] = torch.cat(sequences)
    return batch, lengths, torch.tensor(labels)


def filled_with_minus_one(samples):
    sequences = [sequence for sequence, _ in samples]
    return pad_sequence(sequences, batch_first=True, padding_value=-1), *join(samples)[1:]


def made_longer(samples):
    _, lengths, labels = join(samples)
    return torch.stack([s.resize_(int(lengths.max())) for s, _ in samples]), lengths, labels


def without_empty_ones(samples):
    return join([sample for sample in samples if len(sample[0])] or samples)


def sorted_by_length(samples):
    return join(sorted(samples, key=lambda sample: -len(sample[0])))


def labels_sorted(samples):
    batch, lengths, labels = join(samples)
    return batch, lengths, labels.sort().values


CASES = {
    "03.15a": Cases(
        solution=cut,
        also_right=[lambda order, size, drop: list(BatchSampler(order, size, drop)), one_by_one],
        wrong=[
            (lambda order, size, drop: cut(order, size, True), "ragged batch is missing"),
            (lambda order, size, drop: cut(order, size, False), "ragged batch is still there"),
            (last_always_dropped, "a whole batch is missing"),
            (lambda order, size, drop: cut(sorted(order), size, drop), "in the given order"),
            (lambda order, size, drop: cut(list(range(len(order))), size, drop), "the places in"),
            (lambda order, size, drop: order, "list of lists"),
            (lambda order, size, drop: list(map(tuple, cut(order, size, drop))), "is a list too"),
            (lambda order, size, drop: [*cut(order, size, drop), []], "no empty batch"),
            (lambda order, size, drop: cut(order[::-1], size, drop), "from k * batch_size on"),
            (lambda order, size, drop: cut(order, size + 1, drop), "batch_size of them"),
            (
                lambda order, size, drop: [order[at::size] for at in range(size)],
                "from k * batch_size",
            ),
            (filled_up, "from k * batch_size on"),
            (eats_the_order, "changed its input"),
            (pops_the_last, "your function raised IndexError"),
            (
                lambda order, size, drop: tuple(cut(order, size, drop)),
                "expected a list, got a tuple",
            ),
            (
                lambda order, size, drop: [sorted(b) for b in cut(order, size, drop)],
                "batch k holds",
            ),
            (
                lambda order, size, drop: [
                    order[k * size : (k + 1) * size] for k in range(len(order) // size + (not drop))
                ],
                "no empty batch",
            ),
            (lambda order, size, drop: cut(order, size, drop)[:1], "the ragged batch is missing"),
            (
                lambda order, size, drop: cut(list(dict.fromkeys(order)), size, drop),
                "a whole batch is missing",
            ),
        ],
    ),
    "03.15b": Cases(
        solution=balance,
        also_right=[by_unique, lambda ls: torch.tensor([1 / ls.tolist().count(v) for v in ls])],
        wrong=[
            (lambda labels: labels.bincount()[labels].double(), "this is the size of each class"),
            (lambda labels: 1 / labels.bincount().double(), "look up each sample's own class"),
            (
                lambda labels: (1 / labels.bincount()[labels]).long(),
                "expected floats, got torch.int64",
            ),
            (lambda labels: balance(labels) / balance(labels).sum(), "those of each class should"),
            (
                lambda labels: balance(labels) * len(labels) / len(labels.unique()),
                "add up to n / classes",
            ),
            (lambda labels: torch.ones(len(labels)).double() / len(labels), "weighs the same"),
            (lambda labels: 1 / (labels.double() + 1), "a sample weighs 1 / (size"),
            (lambda labels: 1 / F.one_hot(labels, 10).sum(0)[labels], "your function raised"),
            (lambda labels: 1 / F.one_hot(labels, 100).sum(0)[labels], "your function raised"),
            (lambda labels: 1 / labels.copy_(labels.bincount()[labels]), "changed its input"),
            (
                lambda labels: 1 / labels.unique(return_counts=True)[1][labels],
                "your function raised",
            ),
            (lambda labels: F.softmax(-labels.bincount()[labels].double(), 0), "a sample weighs"),
            (lambda labels: balance(labels).tolist(), "expected a tensor, got a list"),
            (
                lambda labels: 1 - labels.bincount()[labels].double() / len(labels),
                "a sample weighs",
            ),
            (lambda labels: balance(labels).unique(), "look up each sample's own class"),
            (lambda labels: balance(labels).round(decimals=1), "a sample weighs 1 / (size"),
            (lambda labels: balance(labels).sort().values, "a sample weighs 1 / (size"),
            (lambda labels: balance(labels) ** 2, "a sample weighs 1 / (size"),
            (lambda labels: balance(labels).half(), "a sample weighs 1 / (size"),
        ],
        equivalent={
            "return abs(1 / labels.bincount()[labels])": NOT_NEGATIVE,
            "return abs(1 / sizes[classes])": NOT_NEGATIVE,
        },
    ),
    "03.15c": Cases(
        solution=join,
        wrong=[
            (lambda samples: join(samples)[0], "return three tensors"),
            (lambda samples: join(samples)[:2], "return three tensors"),
            (lambda samples: (*join(samples)[:2], [1, 0, 2]), "the labels should be a tensor"),
            (on_the_right, "fill up on the right"),
            (with_padded_lengths, "the lengths after padding"),
            (with_zeros_taken_for_padding, "take the length before padding"),
            (always_eight_wide, "the longest sequence has"),
            (into_floats, "keep the sequences' dtype"),
            (through_floats, "row i holds sequence i"),
            (
                lambda samples: (*join(samples)[:2], join(samples)[2].int().long()),
                "in the samples' order",
            ),
            (
                lambda samples: (join(samples)[0], join(samples)[1].int(), join(samples)[2]),
                "expected dtype torch.int64",
            ),
            (labels_sorted, "in the samples' order"),
            (lambda samples: (join(samples)[0].T, *join(samples)[1:]), "a sample is a row"),
            (
                lambda samples: (torch.stack([s for s, _ in samples]), *join(samples)[1:]),
                "your function raised RuntimeError",
            ),
            (filled_with_minus_one, "then zeros"),
            (made_longer, "changed its input"),
            (without_empty_ones, "expected shape"),
            (sorted_by_length, "row i holds sequence i"),
            (
                lambda samples: (join(samples)[0].abs(), *join(samples)[1:]),
                "row i holds sequence i",
            ),
            (
                lambda samples: (*join(samples)[:2], join(samples)[2].float()),
                "in the samples' order",
            ),
            (lambda samples: (join(samples)[0], *join(samples)[:0:-1]), "length of each sequence"),
        ],
        also_right=[lambda samples: [*join(samples)], row_by_row, by_mask],
        equivalent={
            "return (pad_sequence(sequences, batch_first=True), abs(lengths), labels)": (
                NOT_NEGATIVE
            ),
            "first = pairs[-1][0]": "any sample has the dtype that is asked for",
            "return (rows, abs(sizes), torch.tensor([label for _, label in pairs]))": NOT_NEGATIVE,
        },
    ),
}
