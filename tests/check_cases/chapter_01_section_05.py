"""Answers to the exercises of 01/05, frameworks."""

import torch

from check_cases import COMMUTES, Cases


def working(table, year):
    goes_on = table["last"].isna() | (table["last"] >= year)
    return table[(table["first"] <= year) & goes_on]


def at_work(table, year):
    return working(table, year).sort_values(["first", "name"])["name"].tolist()


def by_loop(table, year):
    rows = []
    for row in table.to_dict("records"):
        ended = row["last"] == row["last"] and row["last"] < year
        if row["first"] <= year and not ended:
            rows.append((row["first"], row["name"]))
    return [name for _, name in sorted(rows)]


def filled(table, year):
    last = table["last"].fillna(9999)
    rows = table[table["first"].le(year) & last.ge(year)]
    return list(rows.sort_values("name").sort_values("first", kind="stable")["name"])


def without_missing(table, year):
    rows = table[(table["first"] <= year) & (table["last"] >= year)]
    return rows.sort_values(["first", "name"])["name"].tolist()


def strict_first(table, year):
    rows = working(table, year)
    return rows[rows["first"] < year].sort_values(["first", "name"])["name"].tolist()


def strict_last(table, year):
    rows = working(table, year)
    rows = rows[~(rows["last"] == year)]
    return rows.sort_values(["first", "name"])["name"].tolist()


def until_today(table, year):
    rows = table[(table["first"] <= year) & (table["last"].fillna(2026) >= year)]
    return rows.sort_values(["first", "name"])["name"].tolist()


def only_begun(table, year):
    return table[table["first"] <= year].sort_values(["first", "name"])["name"].tolist()


def only_not_over(table, year):
    rows = table[table["last"].isna() | (table["last"] >= year)]
    return rows.sort_values(["first", "name"])["name"].tolist()


def ordered(*columns, **how):
    def answer(table, year):
        rows = working(table, year)
        if columns:
            rows = rows.sort_values(list(columns), **how)
        return rows["name"].tolist()

    return answer


def changes_its_table(table, year):
    table["last"] = table["last"].fillna(9999)
    return at_work(table, year)


def as_series(table, year):
    return working(table, year).sort_values(["first", "name"])["name"]


def plan_of(names, step, output=lambda graph, result: graph.output(result.node)):
    def answer(slope):
        graph = torch.fx.Graph()
        inputs = [torch.fx.Proxy(graph.placeholder(name)) for name in names]
        output(graph, step(slope, *inputs))
        return torch.fx.GraphModule(torch.nn.Module(), graph)

    return answer


ALL = ["w", "x", "y", "lr"]


def plan_a_step(slope):
    graph = torch.fx.Graph()
    w = torch.fx.Proxy(graph.placeholder("w"))
    x = torch.fx.Proxy(graph.placeholder("x"))
    y = torch.fx.Proxy(graph.placeholder("y"))
    lr = torch.fx.Proxy(graph.placeholder("lr"))
    new_w = w - lr * slope(w, x, y)
    graph.output(new_w.node)
    return torch.fx.GraphModule(torch.nn.Module(), graph)


def right_step(slope, w, x, y, lr):
    return w - lr * slope(w, x, y)


without_output = plan_of(ALL, right_step, lambda graph, result: None)
with_a_proxy = plan_of(ALL, right_step, lambda graph, result: graph.output(result))
with_a_tuple = plan_of(ALL, right_step, lambda graph, result: graph.output((result.node,)))


def by_tracing(slope):
    def step(w, x, y, lr):
        return w - lr * slope(w, x, y)

    return torch.fx.symbolic_trace(step)


def graph_alone(slope):
    return plan_a_step(slope).graph


def eager_function(slope):
    return lambda w, x, y, lr: w - lr * slope(w, x, y)


def calls_again(slope):
    slope(1.0, 2.0, 3.0)
    return plan_a_step(slope)


def with_numbers(slope):
    return plan_of(ALL, lambda s, w, x, y, lr: w - lr * s(w, 2.0, 6.0))(slope)


def leaf(slope):
    plan = plan_a_step(slope)
    forward = plan.forward

    def watched(w, x, y, lr):
        slope(w, x, y)
        return forward(w, x, y, lr)

    plan.forward = watched
    return plan


CASES = {
    "01.5a": Cases(
        solution=at_work,
        also_right=[by_loop, filled],
        wrong=[
            (without_missing, "ask `isna()`"),
            (until_today, "ask `isna()`"),
            (strict_first, "the first year counts"),
            (strict_last, "the last year counts"),
            (only_begun, "some of these have ended"),
            (only_not_over, "some of these have not begun"),
            (ordered(), "the oldest comes first: sort by `first`"),
            (ordered("name"), "sort by `first`, and then by `name`"),
            (ordered("first", kind="stable"), "sort by `name` where `first` is equal"),
            (ordered("first", "name", ascending=False), "both years count"),
            (ordered("first", "name", ascending=[False, True]), "the oldest comes first"),
            (changes_its_table, "changed its input"),
            (as_series, "expected a list"),
        ],
        equivalent={
            "goes_on = (table['last'] >= year) | table['last'].isna()": COMMUTES,
            "return table[goes_on & (table['first'] <= year)]": COMMUTES,
            "goes_on = (systems['last'] >= when) | systems['last'].isna()": COMMUTES,
            "rows = systems[goes_on & (systems['first'] <= when)]": COMMUTES,
        },
    ),
    "01.5b": Cases(
        solution=plan_a_step,
        also_right=[by_tracing],
        wrong=[
            (graph_alone, "this is the graph"),
            (eager_function, "return a plan"),
            (calls_again, "was called 2 times"),
            (with_numbers, "called with a number"),
            (leaf, "has called `slope` again"),
            (without_output, "the plan has no output"),
            (with_a_proxy, "give `graph.output` one node"),
            (with_a_tuple, "give `graph.output` one node"),
            (plan_of(ALL, lambda s, w, x, y, lr: w + lr * s(w, x, y)), "this walks up"),
            (plan_of(ALL, lambda s, w, x, y, lr: w - s(w, x, y)), "learning rate is missing"),
            (plan_of(ALL, lambda s, w, x, y, lr: w - 0.1 * s(w, x, y)), "is frozen"),
            (plan_of(ALL, lambda s, w, x, y, lr: -lr * s(w, x, y)), "the step alone"),
            (plan_of(ALL, lambda s, w, x, y, lr: s(w, x, y)), "the slope alone"),
            (plan_of(ALL, lambda s, w, x, y, lr: w - lr * s(w, y, x)), "one step is"),
            (plan_of(ALL[:3], lambda s, w, x, y: w - 0.1 * s(w, x, y)), "the placeholders are"),
            (
                plan_of(["lr", "w", "x", "y"], lambda s, lr, w, x, y: w - lr * s(w, x, y)),
                "the placeholders are",
            ),
        ],
    ),
}
