"""Answers to the exercises of 06/14, what a file has to carry."""

import copy

import torch

from check_cases import Cases

SPECIES = ["Adelie", "Chinstrap", "Gentoo"]


def upgrade(saved):
    number = saved.get("format", 1)
    if number > 3:
        raise ValueError(f"format {number} is newer than this program")
    found = dict(saved)
    if number < 2:
        found["settings"] = {"width": 16}
    if number < 3:
        found["names"] = ["Adelie", "Chinstrap", "Gentoo"]
    found["format"] = 3
    return found


def by_defaults(saved):
    if saved.get("format", 1) not in (1, 2, 3):
        raise ValueError("unknown format")
    return {"settings": {"width": 16}, "names": list(SPECIES)} | saved | {"format": 3}


def step_by_step(saved):
    if "format" not in saved:
        return step_by_step({**saved, "format": 2, "settings": {"width": 16}})
    if saved["format"] == 2:
        return step_by_step({**saved, "format": 3, "names": SPECIES})
    if saved["format"] == 3:
        return copy.copy(saved)
    raise ValueError(saved["format"])


def known_entries_alone(saved):
    found = upgrade(saved)
    return {key: found[key] for key in ("weights", "settings", "names", "format")}


def in_place(saved):
    if saved.get("format", 1) > 3:
        raise ValueError("newer")
    saved.setdefault("settings", {"width": 16})
    saved.setdefault("names", SPECIES)
    saved["format"] = 3
    return saved


def returns_the_same(saved):
    return saved if saved.get("format", 1) == 3 else upgrade(saved)


def keeps_the_number(saved):
    return upgrade(saved) | {"format": saved.get("format", 1)}


def writes_over_width(saved):
    return upgrade(saved) | {"settings": {"width": 16}}


def keeps_the_width_alone(saved):
    found = upgrade(saved)
    return found | {"settings": {"width": found["settings"]["width"]}}


def writes_over_names(saved):
    return upgrade(saved) | {"names": SPECIES}


def takes_newer(saved):
    return by_defaults(saved | {"format": min(saved.get("format", 1), 3)})


def needs_a_number(saved):
    if saved["format"] > 3:
        raise ValueError("newer")
    return upgrade(saved)


def no_settings(saved):
    found = upgrade(saved)
    if "settings" not in saved:
        del found["settings"]
    return found


def asserts(saved):
    assert saved.get("format", 1) <= 3
    return upgrade(saved)


def pack(net, settings, X):
    twin = copy.deepcopy(net).eval()
    shown = X.clone()
    with torch.no_grad():
        given = twin(shown)
    return {
        "weights": twin.state_dict(),
        "settings": dict(settings),
        "probe": shown,
        "answers": given,
    }


def by_modes(net, settings, X):
    modes = [(part, part.training) for part in net.modules()]
    net.eval()
    answers = net(X).detach().clone()
    for part, mode in modes:
        part.training = mode
    weights = {key: value.clone() for key, value in net.state_dict().items()}
    return {"weights": weights, "settings": settings, "probe": X.clone(), "answers": answers}


def as_it_is(net, settings, X):
    with torch.no_grad():
        return pack(net, settings, X) | {"answers": copy.deepcopy(net)(X)}


def runs_the_network(net, settings, X):
    with torch.no_grad():
        return pack(net, settings, X) | {"answers": net(X)}


def stays_in_eval(net, settings, X):
    net.eval()
    return pack(net, settings, X)


def all_to_train(net, settings, X):
    found = stays_in_eval(net, settings, X)
    net.train()
    return found


def mode_of_the_whole(net, settings, X):
    mode = net.training
    found = stays_in_eval(net, settings, X)
    net.train(mode)
    return found


def with_graph(net, settings, X):
    return pack(net, settings, X) | {"answers": copy.deepcopy(net).eval()(X)}


def not_copied(net, settings, X):
    return pack(net, settings, X) | {"weights": net.state_dict()}


def parameters_only(net, settings, X):
    weights = {key: p.detach().clone() for key, p in net.named_parameters()}
    return pack(net, settings, X) | {"weights": weights}


def takes_the_table(net, settings, X):
    return pack(net, settings, X) | {"probe": X}


def contiguous_only(net, settings, X):
    return pack(net, settings, X) | {"probe": X.contiguous()}


def copies_the_table(net, settings, X):
    return pack(net, settings, X) | {"probe": copy.deepcopy(X)}


def whole(net, settings, X):
    return pack(net, settings, X) | {"weights": copy.deepcopy(net)}


def no_settings_at_all(net, settings, X):
    found = pack(net, settings, X)
    del found["settings"]
    return found


CASES = {
    "06.14a": Cases(
        solution=upgrade,
        also_right=[by_defaults, step_by_step],
        wrong=[
            (in_place, "changed its input"),
            (known_entries_alone, "'by' is missing"),
            (returns_the_same, "return a new dictionary"),
            (keeps_the_number, "number of the new form"),
            (writes_over_width, "the file says the settings"),
            (keeps_the_width_alone, "the file says the settings"),
            (writes_over_names, "the file says its names"),
            (takes_newer, "raise a ValueError"),
            (needs_a_number, "raised KeyError"),
            (no_settings, "'settings' is missing"),
            (asserts, "expected a ValueError"),
            (lambda saved: upgrade(saved) | {"scale": 1.0}, "no entry of format 3"),
        ],
        equivalent={
            "number = saved.get('format', 0)": "0 is below 2 as well, and stands for no number",
        },
    ),
    "06.14b": Cases(
        solution=pack,
        also_right=[by_modes],
        wrong=[
            (as_it_is, "answers of train mode"),
            (runs_the_network, "it ran in train mode"),
            (stays_in_eval, "another mode than before"),
            (all_to_train, "another mode than before"),
            (mode_of_the_whole, "another mode than before"),
            (with_graph, "carry a graph"),
            (not_copied, "shares its memory with the network"),
            (parameters_only, "has the buffers too"),
            (takes_the_table, "takes it along"),
            (contiguous_only, "takes it along"),
            (copies_the_table, "larger than X"),
            (whole, "expected a dict"),
            (no_settings_at_all, "'settings' is missing"),
        ],
    ),
}
