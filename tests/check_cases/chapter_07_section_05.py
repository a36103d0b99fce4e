"""Answers to the exercises of 07/05, one graph for all calls."""

import torch

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def shorten(g, limit):
    return g * (limit / g.norm()).clamp(max=1)


def by_where(g, limit):
    norm = g.norm()
    return torch.where(norm > limit, g * (limit / norm), g)


def by_maximum(g, limit):
    return g * limit / max(g.norm(), limit)


def by_squares(g, limit):
    return g * limit / torch.clamp((g * g).sum().sqrt(), min=limit)


def by_cond(g, limit):
    norm = g.norm()
    branches = (lambda g, norm: g * (limit / norm), lambda g, norm: g.clone())
    return torch.cond(norm > limit, *branches, (g, norm))


def by_eps(g, limit):
    return g * (limit / (g.norm() + 1e-6)).clamp(max=1)


def by_view(g, limit):
    return g * (limit / g.view(-1).norm()).clamp(max=1)


def asks(g, limit):
    norm = g.norm()
    if norm > limit:
        g = g * (limit / norm)
    return g


def asks_without_if(g, limit):
    return g * (limit / g.norm()) if g.norm() > limit else g


def by_item(g, limit):
    return g * (limit / max(g.norm().item(), limit))


def prints(g, limit):
    norm = g.norm()
    print(end="")
    return g * (limit / norm).clamp(max=1)


def always(g, limit):
    return g * (limit / g.norm())


def inverted(g, limit):
    return g * (limit / g.norm()).clamp(min=1)


def each_number(g, limit):
    return g.clamp(-limit, limit)


def to_one(g, limit):
    norm = g.norm()
    return torch.where(norm > limit, g / norm, g)


def zeros_become_nan(g, limit):
    norm = g.norm()
    return g / norm * torch.clamp(norm, max=limit)


def unchanged(g, limit):
    return g


def too_long(g, limit):
    norm = g.norm()
    return torch.where(norm > limit, g * (norm / limit), g)


def in_place(g, limit):
    return g.mul_((limit / g.norm()).clamp(max=1))


def pieces_of(f, X):
    runs = []

    def backend(graph_module, example_inputs):
        def run(*inputs):
            runs.append(graph_module)
            return graph_module(*inputs)

        return run

    torch.compiler.reset()
    torch.compile(f, backend=backend)(X)
    return len(runs)


def pieces_of_made(f, X):
    made = []

    def backend(graph_module, example_inputs):
        made.append(1)
        return graph_module.forward

    torch.compiler.reset()
    torch.compile(f, backend=backend)(X)
    return len(made)


def by_explain(f, X):
    return torch._dynamo.explain(f)(X).graph_count


def breaks(f, X):
    return torch._dynamo.explain(f)(X).graph_break_count


def without_reset(f, X):
    return _kept(f, X)


def reset_last(f, X):
    counted = _kept(f, X)
    torch.compiler.reset()
    return counted


def twice(f, X):
    runs = []

    def backend(graph_module, example_inputs):
        def run(*inputs):
            runs.append(graph_module)
            return graph_module(*inputs)

        return run

    torch.compiler.reset()
    compiled = torch.compile(f, backend=backend)
    compiled(X)
    compiled(X)
    return len(runs)


def both(f, X):
    return pieces_of(f, X) + pieces_of_made(f, X)


def never_called(f, X):
    runs = []

    def backend(graph_module, example_inputs):
        def run(*inputs):
            runs.append(graph_module)
            return graph_module(*inputs)

        return run

    torch.compile(f, backend=backend)
    return len(runs)


RUNS = []


def for_all_counts(f, X):
    def backend(graph_module, example_inputs):
        def run(*inputs):
            RUNS.append(1)
            return graph_module(*inputs)

        return run

    torch.compiler.reset()
    torch.compile(f, backend=backend)(X)
    return len(RUNS)


def _kept(f, X):
    runs = []

    def backend(graph_module, example_inputs):
        def run(*inputs):
            runs.append(graph_module)
            return graph_module(*inputs)

        return run

    torch.compile(f, backend=backend)(X)
    return len(runs)


def a_list(f, X):
    return [1] * pieces_of(f, X)


def nothing_to_run(f, X):
    torch.compiler.reset()
    torch.compile(f, backend=lambda graph_module, example_inputs: None)(X)
    return 1


CASES = {
    "07.5a": Cases(
        solution=pieces_of,
        wrong=[
            (pieces_of_made, "how many were made"),
            (by_explain, "how many were made"),
            (breaks, "not the cuts"),
            (without_reset, "reset first"),
            (reset_last, "reset first"),
            (twice, "all the compiled function once"),
            (both, "not what was made"),
            (never_called, "is the compiled function called"),
            (for_all_counts, "ount what ran in a call"),
            (a_list, "return an int"),
            (nothing_to_run, "BackendCompilerFailed"),
        ],
        equivalent={
            "return abs(len(runs))": NOT_NEGATIVE,
            "return int(len(runs))": WHOLE,
        },
    ),
    "07.5b": Cases(
        solution=shorten,
        also_right=[by_where, by_maximum, by_squares, by_cond, by_eps],
        wrong=[
            (asks, "Data-dependent branching"),
            (asks_without_if, "cut the graph"),
            (prints, "cut the graph"),
            (by_item, "Keep the length in a tensor"),
            (always, "stays as it is"),
            (inverted, "ts length is above"),
            (each_number, "scale all numbers by one factor"),
            (to_one, "not to 1"),
            (zeros_become_nan, "all zeros too"),
            (unchanged, "ts length is above"),
            (too_long, "limit / norm"),
            (in_place, "changed its input"),
            (by_view, "view"),
        ],
    ),
}
