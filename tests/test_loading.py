"""`d2l.loader`: the batches of a DataLoader, in its order, and one line where there are none."""

from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, Subset, TensorDataset

from d2lutils import loading
from d2lutils.errors import BookError
from d2lutils.loading import loader

Pair = namedtuple("Pair", ["first", "second"])
X, y = torch.rand(103, 2, 3), torch.arange(103)
DATA = {
    "tensor": X,
    "numbers": y,
    "tuple": (X, y),
    "tuple of one": (X,),
    "list": [X, y],
    "dict": {"image": X, "label": y},
    "ordered dict": OrderedDict(label=y, image=X),
    "default dict": defaultdict(list, image=X),
    "named tuple": Pair(X, y),
    "nested": {"a": (X, [y, Pair(y, {"b": X})]), "c": y},
    "data set": TensorDataset(X, y),
    "data set of one": TensorDataset(X),
    "other types": (X.to(torch.bfloat16), X > 0.5, y.to(torch.uint8), X.to(torch.complex64)),
    "rows apart": (X.transpose(1, 2), y.flip(0), X[:, :0], X.expand(3, 103, 2, 3)[1]),
}


def shape(batch):
    """A batch's structure with its tensors as lists, to be compared by ==; classes count."""
    if isinstance(batch, torch.Tensor):
        return str(batch.dtype), tuple(batch.shape), batch.tolist()
    if isinstance(batch, dict):
        return type(batch), [(key, shape(value)) for key, value in batch.items()]
    return type(batch), [shape(value) for value in batch]


def generator():
    return torch.Generator().manual_seed(1)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
def test_batches_are_those_of_a_dataloader(data, shuffle):
    mine = loader(data, 10, shuffle=shuffle, generator=generator())
    plain = DataLoader(mine.dataset, 10, shuffle=shuffle, generator=generator())
    for _ in range(3):
        assert [shape(batch) for batch in mine] == [shape(batch) for batch in plain]


def drawn(make, own_generator, leave_early):
    """All that random numbers decide in three epochs, numbers drawn between batches included."""
    torch.manual_seed(2)
    given = generator() if own_generator else None
    batches, found = make(given), []
    for epoch in range(3):
        for k, (inputs, labels) in enumerate(batches):
            found += [inputs.tolist(), labels.tolist(), torch.rand(1, generator=given).item()]
            if leave_early and epoch == 1 and k == 2:
                break
    return [*found, torch.rand(1).item(), len(batches)]


@pytest.mark.parametrize("leave_early", [False, True])
@pytest.mark.parametrize("own_generator", [False, True])
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(("samples", "size"), [(103, 8), (96, 8), (5, 8), (8, 8), (5, 1)])
def test_one_can_be_put_for_the_other(
    samples, size, shuffle, drop_last, own_generator, leave_early
):
    data = TensorDataset(X[:samples], y[:samples])
    settings = {"shuffle": shuffle, "drop_last": drop_last}
    assert drawn(
        lambda given: loader(data, size, generator=given, **settings), own_generator, leave_early
    ) == drawn(
        lambda given: DataLoader(data, size, generator=given, **settings),
        own_generator,
        leave_early,
    )


def test_equals_the_loop_by_hand():
    batches = list(loader((X, y), 10, shuffle=True, generator=generator()))
    by_hand = generator()
    torch.empty((), dtype=torch.int64).random_(generator=by_hand)
    order = torch.randperm(103, generator=by_hand)
    for (inputs, labels), rows in zip(batches, order.split(10), strict=True):
        assert torch.equal(inputs, X[rows])
        assert torch.equal(labels, y[rows])


def test_every_epoch_has_another_order_and_every_sample():
    batches = loader(y, 10, shuffle=True, generator=generator())
    epochs = [torch.cat(list(batches)) for _ in range(3)]
    for epoch in epochs:
        assert torch.equal(epoch.sort().values, y)
    assert len({tuple(epoch.tolist()) for epoch in epochs}) == 3


def test_looks_like_a_dataloader():
    given = generator()
    batches = loader((X, y), 10, shuffle=True, generator=given, drop_last=True)
    assert isinstance(batches, DataLoader)
    assert len(batches) == 10
    assert (batches.batch_size, batches.drop_last, batches.num_workers) == (10, True, 0)
    assert batches.generator is batches.sampler.generator is given
    assert len(batches.dataset) == 103
    inputs, label = batches.dataset[7]
    assert torch.equal(inputs, X[7])
    assert label == 7
    assert len(loader(X)) == 2
    assert loader(X).batch_size == 64
    data = TensorDataset(X, y)
    assert loader(data).dataset is data


def test_numpys_numbers_are_numbers():
    batches = loader(y, np.int64(10), shuffle=np.False_)
    assert (len(batches), batches.batch_size) == (11, 10)
    assert type(batches.batch_size) is int
    assert next(iter(batches)).tolist() == list(range(10))


def test_more_than_there_is():
    assert [len(batch) for batch in loader(y, 1000)] == [103]
    assert list(loader(y, 1000, drop_last=True)) == []


def test_two_iterations_at_once():
    batches = loader(y, 50, shuffle=True)
    pairs = list(zip(batches, batches, strict=True))
    for side in zip(*pairs, strict=True):
        assert torch.equal(torch.cat(side).sort().values, y)


@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_are_copies(shuffle):
    data = torch.zeros(10, 2)
    for batch in loader(data, 5, shuffle=shuffle):
        batch += 1
    assert not data.any()


def test_changed_data_show_in_the_next_epoch():
    data = torch.zeros(4)
    batches = loader(data)
    data += 1
    assert next(iter(batches)).tolist() == [1, 1, 1, 1]


def test_gradients_reach_the_data():
    data = torch.zeros(10, 2, requires_grad=True)
    for batch in loader(data, 4, shuffle=True):
        batch.sum().backward()
    assert torch.equal(data.grad, torch.ones(10, 2))


def test_moved_once(monkeypatch):
    """The meta device, which every machine has, stands for a GPU."""
    for data in ((X, {"y": y}), TensorDataset(X, y)):
        batches = loader(data, 10, device="meta", shuffle=True)
        moved = [tensor for _, tensor in loading._tensors(batches.dataset.tensors)]
        assert {tensor.device.type for tensor in moved} == {"meta"}
        shapes = [[tensor.shape for _, tensor in loading._tensors(batch)] for batch in batches]
        assert shapes == [[(10, 2, 3), (10,)]] * 10 + [[(3, 2, 3), (3,)]]
    assert loader(X).dataset.tensors is X
    assert X.device.type == "cpu"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("shuffle", [False, True])
def test_cuda_gives_the_same_batches(shuffle):
    for device, data in (("cuda", (X, y)), (None, (X.cuda(), y.cuda())), (None, (X.cuda(), y))):
        batches = loader(data, 10, shuffle=shuffle, generator=generator(), device=device)
        plain = DataLoader(
            TensorDataset(X, y), 10, shuffle=shuffle, generator=generator(), drop_last=False
        )
        for mine, theirs in zip(batches, plain, strict=True):
            assert mine[0].is_cuda
            assert shape(mine) == shape(theirs)
    with pytest.raises(BookError, match="pass one on the CPU"):
        loader(X, generator=torch.Generator("cuda"))


WRONG = {
    "nothing": ((), {}, "Give tensors with the same number of samples, 1 or more, not no tensor."),
    "nothing inside": ({"a": []}, {}, "not no tensor."),
    "no rows": (X[:0], {}, "1 or more, not 0 in data."),
    "no rows in one": ((X, y[:0]), {}, r"not 103 in data\[0\] and 0 in data\[1\]."),
    "unequal": ({"a": X, "b": (y[1:],)}, {}, r"103 in data\['a'\] and 102 in data\['b'\]\[0\]."),
    "empty data set": (TensorDataset(X[:0]), {}, r"not 0 in data.tensors\[0\]."),
    "one number": ((X, torch.tensor(1)), {}, r"data\[1\] is a single number or sparse"),
    "sparse": (torch.eye(3).to_sparse(), {}, "data is a single number or sparse"),
    "array": ((X, y.numpy()), {}, r"data\[1\] is no tensor but of .*ndarray.*torch.as_tensor"),
    "numbers in a list": ([1, 2], {}, r"data\[0\] is no tensor but of <class 'int'>"),
    "rows in a list": ([[1.0, 2.0], [3.0, 4.0]], {}, r"data\[0\]\[0\] is no tensor .*as_tensor"),
    "table": (pd.DataFrame({"a": [1]}), {}, r"by torch.as_tensor\(data.to_numpy\(\)\)."),
    "samples": (list(torch.rand(100, 3)), {}, r"data is a list of tensors that are alike \(100\)"),
    "columns in a list": ([y, y + 1], {}, "samples as torch.stack.samples., columns as a tuple."),
    "one sample": ([X], {}, r"data is a list of tensors that are alike \(1\)"),
    "samples of other sizes": ([torch.rand(3, n, 9) for n in (5, 6)], {}, "a list of tensors that"),
    "samples of two parts": ([(X[0], y[:2])] * 3, {}, r"alike \(3\)"),
    "samples with numbers": ([(X[0], 1), (X[1], 2)], {}, r"alike \(2\)"),
    "samples of a dict": ([{"x": X[0]}, {"x": X[1]}], {}, r"alike \(2\)"),
    "samples inside": ({"x": list(X), "y": y}, {}, r"data\['x'\] is a list of tensors that are"),
    "text": ({"a": X, "b": "text"}, {}, r"data\['b'\] is no tensor but of <class 'str'>"),
    "none": (None, {}, "data is no tensor but of <class 'NoneType'>"),
    "range": (range(9), {}, "data is no tensor but of <class 'range'>"),
    "subset": (Subset(TensorDataset(X), [1]), {}, "pass it to torch.utils.data.DataLoader"),
    "a data set of one's own": (type("Own", (TensorDataset,), {})(X), {}, "pass it to torch"),
    "batch of none": (X, {"batch_size": 0}, "from 1 on, not 0."),
    "batch below none": (X, {"batch_size": -1}, "from 1 on, not -1."),
    "part of a batch": (X, {"batch_size": 2.0}, "from 1 on, not 2.0."),
    "true batch": (X, {"batch_size": True}, "from 1 on, not True."),
    "no batch": (X, {"batch_size": None}, "from 1 on, not None."),
    "NumPy's zero": (X, {"batch_size": np.int64(0)}, r"from 1 on, not np.int64\(0\)."),
    "NumPy's truth": (X, {"batch_size": np.True_}, "from 1 on, not np.True_."),
    "labels as batch": (
        X,
        {"batch_size": X},
        r"not tensor\(\[.* Give several tensors as one tuple.",
    ),
    "word for shuffle": (X, {"shuffle": "no"}, "shuffle takes True or False, not 'no'."),
    "word for drop_last": (
        X,
        {"drop_last": "False"},
        "drop_last takes True or False, not 'False'.",
    ),
    "seed": (
        X,
        {"generator": 0},
        r"generator=0: pass one on the CPU, torch.Generator\(\).manual_seed\(1\).",
    ),
    "device": (X, {"device": "gpu"}, r"device='gpu': .*Pass d2l.device\(\) or None."),
    "number of a device": (X, {"device": 3.5}, "device=3.5: "),
    "type as a device": (X, {"device": torch.float16}, "device=torch.float16: "),
}


@pytest.mark.parametrize(("data", "settings", "message"), WRONG.values(), ids=WRONG)
def test_wrong_ones_are_one_line(data, settings, message):
    with pytest.raises(BookError, match=message) as caught:
        loader(data, **settings)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("layout", [torch.strided, torch.jagged])
def test_nested_tensors_are_to_be_padded(layout):
    nested = torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(4, 3)], layout=layout)
    with pytest.raises(BookError, match=r"^data\[0\] is a nested tensor; give torch.nested.to_pad"):
        loader((nested, y[:2]))
    padded = torch.nested.to_padded_tensor(nested, 0)
    assert len(next(iter(loader((padded, y[:2]))))) == 2


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_one_line():
    with pytest.raises(BookError, match=r"^device='cuda': [^\n]+ Pass d2l.device\(\) or None.$"):
        loader(X, device="cuda")


def test_says_where_it_is_built_by_hand():
    assert "Built by hand in 03/15." in (loader.__doc__ or "")
