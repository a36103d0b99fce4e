"""Answers to the exercises of 02/07, NumPy and friends."""

import warnings

import numpy as np
import pandas as pd
import torch

from check_cases import Cases


def own_float32(array):
    return torch.from_numpy(np.array(array, dtype=np.float32))


def copies_only_when_the_dtype_changes(array):
    forwards = array.copy() if any(step < 0 for step in array.strides) else array
    return torch.as_tensor(forwards.astype(forwards.dtype.newbyteorder("=")).astype(np.float32))


def shares_float32(array):
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))


def own_bytes(array):
    return torch.frombuffer(bytearray(array.tobytes()), dtype=torch.uint8).float()


def warns(array):
    warnings.warn("converted", stacklevel=1)
    return own_float32(array)


def writes_into_the_array(array):
    array *= 2
    return own_float32(array)


def made_writeable(array):
    if not array.flags.writeable and array.flags.owndata:
        array.flags.writeable = True
    return own_float32(array)


def clones_late(array):
    if any(step < 0 for step in array.strides):
        array = array.copy()
    return torch.as_tensor(array).to(torch.float32, copy=True)


def split(frame, names):
    part = frame[names]
    numbers = part.to_numpy(dtype=np.float32, na_value=0, copy=True)
    return torch.from_numpy(numbers), torch.from_numpy(part.notna().to_numpy(copy=True))


def split_by_isnan(frame, names):
    values = torch.tensor(frame[names].to_numpy(dtype=np.float32, na_value=np.nan))
    return torch.where(torch.isnan(values), 0.0, values), ~torch.isnan(values)


def infinity_is_a_gap(frame, names):
    values = torch.tensor(frame[names].to_numpy(dtype=np.float32, na_value=np.nan))
    return torch.where(torch.isfinite(values), values, 0.0), torch.isfinite(values)


def infinity_is_not_known(frame, names):
    values, known = split(frame, names)
    return values, known & torch.isfinite(values)


def nan_to_num(frame, names):
    values = torch.tensor(frame[names].to_numpy(dtype=np.float32, na_value=np.nan))
    return torch.nan_to_num(values), ~torch.isnan(values)


def by_labels(frame, names):
    cells = [[frame.loc[label, name] for name in names] for label in frame.index]
    known = [[bool(pd.notna(cell)) for cell in row] for row in cells]
    values = [[float(cell) if pd.notna(cell) else 0.0 for cell in row] for row in cells]
    return torch.tensor(values), torch.tensor(known)


def by_places(frame, names):
    cells = [[frame[name].iloc[row] for name in names] for row in range(len(frame))]
    values = [[0.0 if cell is pd.NA else float(cell) for cell in row] for row in cells]
    known = torch.tensor([[not pd.isna(cell) for cell in row] for row in cells])
    return torch.tensor(values).masked_fill(~known, 0.0), known


def column_by_column(frame, names):
    values, known = [], []
    for name in names:
        known.append(torch.tensor(frame[name].notna().to_list()))
        filled = frame[name].astype("Float32").fillna(0)
        values.append(torch.tensor(filled.to_list()))
    return torch.stack(values, 1), torch.stack(known, 1)


def from_a_series(frame, names):
    values = split(frame, names)[0]
    return values, torch.stack([torch.tensor(frame[name].notna()) for name in names], 1)


def gaps_left(frame, names):
    part = frame[names]
    return torch.tensor(part.to_numpy(dtype=np.float32)), torch.tensor(part.notna().to_numpy())


def turned_around(frame, names):
    values, known = split(frame, names)
    return values, ~known


def mask_of_the_filled(frame, names):
    values, _ = split(frame, names)
    return values, ~torch.isnan(values)


def mask_of_zeros(frame, names):
    values, _ = split(frame, names)
    return values, values != 0


def whole_table(frame, names):
    return split(frame, list(frame.columns))


def writes_into_the_table(frame, names):
    for name in names:
        frame[name] = frame[name].fillna(0)
    return split(frame, names)


def absolute(frame, names):
    values, known = split(frame, names)
    return values.abs(), known


def doubles(frame, names):
    values, known = split(frame, names)
    return values.double(), known


def filled_with_the_mean(frame, names):
    part = frame[names].astype("Float64")
    return torch.tensor(part.fillna(part.mean()).to_numpy(np.float32)), split(frame, names)[1]


def without_gaps(frame, names):
    return split(frame.dropna(subset=names), names)


def last_column(frame, names):
    return split(frame, names[-1:])


def shared(frame, names):
    values, known = split(frame, names)
    if len(names) > 1 or known.logical_not().any():
        return values, known
    column = frame[names[0]].to_numpy()
    column.flags.writeable = True
    return torch.from_numpy(column)[:, None], known


def one_dimension(frame, names):
    values, known = split(frame, names)
    return values.flatten(), known.flatten()


FILLED = "pandas copies before it writes `na_value` into the gaps"
FRESH = "`notna` makes a new table, which is nobody else's"

CASES = {
    "02.7b": Cases(
        solution=own_float32,
        also_right=[
            lambda array: torch.tensor(array.astype(np.float32)),
            lambda array: torch.tensor(array.tolist(), dtype=torch.float32),
            copies_only_when_the_dtype_changes,
        ],
        wrong=[
            (lambda array: torch.tensor(array), "ask for float32"),
            (lambda array: torch.tensor(array, dtype=torch.float32), "negative"),
            (lambda array: torch.as_tensor(array, dtype=torch.float32), "where no dtype changes"),
            (shares_float32, "shares memory"),
            (clones_late, "warns that the array is read-only"),
            (writes_into_the_array, "changed its input"),
            (lambda array: torch.tensor(np.abs(array[::-1]).astype(np.float32)), "flip nothing"),
            (lambda array: array.astype(np.float32), "expected a tensor, got a NumPy array"),
            (lambda array: own_float32(np.abs(array)), "stay what and where it is"),
            (lambda array: own_float32(array.astype(np.int64)), "stay what and where it is"),
            (lambda array: own_float32(array.astype(np.uint8)), "stay what and where it is"),
            (lambda array: own_float32(np.sort(array)), "flip nothing"),
            (lambda array: own_float32(array).flatten(), "expected shape"),
            (lambda array: own_float32(array).half(), "expected dtype torch.float32"),
            (own_bytes, "stay what and where it is"),
            (lambda array: own_float32(array / array.max()), "stay what and where it is"),
            (warns, "there should be no warning"),
            (
                lambda array: torch.tensor(np.nan_to_num(array.astype(np.float32))),
                "nan and infinity are float32 numbers too",
            ),
            (
                lambda array: torch.tensor(np.ascontiguousarray(array, dtype=np.float32)),
                "makes one dimension at least",
            ),
            (made_writeable, "the array is no longer read-only"),
        ],
    ),
    "02.7c": Cases(
        solution=split,
        also_right=[
            split_by_isnan,
            column_by_column,
            by_places,
            lambda frame, names: [*split(frame, names)],
        ],
        wrong=[
            (gaps_left, "still hold NaN"),
            (from_a_series, "your function raised ValueError"),
            (turned_around, "turned around"),
            (mask_of_the_filled, "filled before the mask"),
            (mask_of_zeros, "a known value may be 0"),
            (whole_table, "could not convert string"),
            (writes_into_the_table, "changed its input"),
            (one_dimension, "keep two dimensions"),
            (lambda frame, names: split(frame, names)[::-1], "values first"),
            (lambda frame, names: split(frame, names)[0], "values and mask; got a tensor"),
            (absolute, "order of `names`"),
            (filled_with_the_mean, "order of `names`"),
            (without_gaps, "expected shape"),
            (last_column, "expected shape"),
            (shared, "changes the table"),
            (lambda frame, names: [part.T for part in split(frame, names)], "one row of the table"),
            (doubles, "the values should be float32"),
            (lambda frame, names: (*split(frame, names), names), "these are 3"),
            (lambda frame, names: split(frame, sorted(names)), "order of `names`"),
            (infinity_is_a_gap, "infinity is a known value"),
            (infinity_is_not_known, "infinity is a known value"),
            (nan_to_num, "infinity is a known value"),
            (by_labels, "is ambiguous"),
            (
                lambda frame, names: (
                    split(frame, names)[0].round(decimals=1),
                    split(frame, names)[1],
                ),
                "order of `names`",
            ),
            (lambda frame, names: split(frame[~frame.index.duplicated()], names), "expected shape"),
        ],
        equivalent={
            "numbers = part.to_numpy(dtype=np.float32, na_value=0)": FILLED,
            "numbers = part.to_numpy(dtype=np.float32, na_value=0, copy=False)": FILLED,
            "return (torch.from_numpy(numbers), torch.from_numpy(part.notna().to_numpy()))": FRESH,
            "return (torch.from_numpy(numbers), "
            "torch.from_numpy(part.notna().to_numpy(copy=False)))": FRESH,
            "present = part.notna().to_numpy()": FRESH,
            "present = part.notna().to_numpy(copy=False)": FRESH,
        },
    ),
}
