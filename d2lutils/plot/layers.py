"""Where the picture of a graph puts its nodes: columns along the edges, few crossings."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from itertools import combinations, pairwise
from statistics import mean, median
from typing import Any

import networkx as nx  # type: ignore[import-untyped]

from d2lutils.errors import BookError

MAX_NODES = 40
# What an edge leads through: nodes, and in each column that it passes a bend (a bare object).
Point = Hashable
Height = dict[Point, float]
Edges = Iterable[tuple[Any, Any]] | Callable[[Any], Iterable[Any]]
_SIDES = ((-1,), (1,), (-1, 1), (-1, 1))  # the columns that a sweep looks at, one after another


def network(edges: Edges, outputs: Iterable[Hashable]) -> Any:
    """The graph as networkx keeps it, nodes and edges in the order in which they are met."""
    net = nx.MultiDiGraph()
    net.add_nodes_from(outputs)
    if callable(edges):
        waiting = list(net)
        while waiting and len(net) <= MAX_NODES:
            node = waiting.pop(0)
            parents = list(edges(node))
            waiting += [parent for parent in dict.fromkeys(parents) if parent not in net]
            net.add_edges_from((parent, node) for parent in parents)
    else:
        net.add_edges_from(edges)
    if not 1 <= len(net) <= MAX_NODES:
        count = f"{len(net)}" if len(net) else "none (a function needs outputs to start from)"
        raise BookError(f"graph draws 1 to {MAX_NODES} nodes, not {count}")
    if not nx.is_directed_acyclic_graph(net):
        cycle = nx.find_cycle(net)
        loop = " → ".join(str(node) for node in [cycle[0][0], *(edge[1] for edge in cycle)])
        raise BookError(f"graph draws no cycles, and here is one: {loop}")
    return net


def columns_and_paths(net: Any) -> tuple[list[list[Point]], list[list[Point]]]:
    """The points of each column, and the points that each edge leads through."""
    early = _levels(net)
    late = {node: max(early.values()) - level for node, level in _levels(net.reverse()).items()}
    level = min(early, late, key=lambda at: sum(at[b] - at[a] for a, b in net.edges()))
    columns: list[list[Point]] = [[] for _ in range(max(level.values()) + 1)]
    for node in net:
        columns[level[node]].append(node)
    paths: list[list[Point]] = []
    for a, b in net.edges():
        bends: list[Point] = [object() for _ in range(level[a] + 1, level[b])]
        for column, bend in zip(columns[level[a] + 1 :], bends, strict=False):
            column.append(bend)
        paths.append([a, *bends, b])
    return columns, paths


def heights(columns: list[list[Point]], paths: list[list[Point]], room: Height) -> Height:
    """Where each point stands, from the room that it needs: the best of several sweeps that move
    points to their neighbours."""
    beside: dict[Point, dict[int, list[Point]]] = defaultdict(lambda: {-1: [], 1: []})
    for a, b in (link for path in paths for link in pairwise(path)):
        beside[a][1].append(b)
        beside[b][-1].append(a)
    row = max(room.values())
    y = {point: -row * at for column in columns for at, point in enumerate(column)}
    best, least = y, _badness(columns, beside, y)
    for sweep in range(40):
        sides = _SIDES[sweep % len(_SIDES)]
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wish = {}
            for point in column:
                near = [y[other] for side in sides for other in beside[point][side]]
                wish[point] = median(near or [y[point]])
            _settle(column, wish, y, room)
        if (badness := _badness(columns, beside, y)) < least:
            best, least = dict(y), badness
    return best


def _levels(net: Any) -> dict[Hashable, int]:
    generations = enumerate(nx.topological_generations(net))
    return {node: level for level, nodes in generations for node in nodes}


def _settle(column: list[Point], wish: Height, y: Height, room: Height) -> None:
    """Give each point of a column the height it wishes for, or one as near as the others allow."""
    ordered = sorted(column, key=lambda point: -wish[point])
    free = float("inf")
    for point in ordered:
        y[point] = min(wish[point], free - room[point] / 2)
        free = y[point] - room[point] / 2
    shift = mean(wish[point] - y[point] for point in ordered)
    for point in ordered:
        y[point] += shift


def _badness(columns: list[list[Point]], beside: Any, y: Height) -> tuple[int, float]:
    """How many edges cross, and how far all of them climb and fall."""
    crossings, climb = 0, 0.0
    for column in columns:
        links = [(y[a], y[b]) for a in column for b in beside[a][1]]
        climb += sum(abs(start - end) for start, end in links)
        pairs = combinations(links, 2)
        crossings += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in pairs)
    return crossings, round(climb, 6)
