"""Answers to the exercises of 07/03, boxes inside of boxes and counted calls."""

from collections import Counter
from itertools import pairwise

from torch.profiler import ProfilerActivity, profile

from check_cases import NOT_NEGATIVE, WHOLE, Cases

SAME_ACTIVITIES = "by default the profiler watches the CPU, too"
ONE_CYCLE = "nothing is dropped where the profiler runs once"


def self_times(boxes):
    own, around = {}, []
    for name, start, end in sorted(boxes, key=lambda box: (box[1], -box[2])):
        while around and around[-1][1] <= start:
            around.pop()
        own[name] = own.get(name, 0) + end - start
        if around:
            own[around[-1][0]] -= end - start
        around.append((name, end))
    return own


def _inside(inner, outer):
    return inner is not outer and outer[1] <= inner[1] and inner[2] <= outer[2]


def by_smallest_around(boxes):
    own = {}
    for box in boxes:
        own[box[0]] = own.get(box[0], 0.0) + box[2] - box[1]
    for box in boxes:
        outer = [other for other in boxes if _inside(box, other)]
        if outer:
            parent = min(outer, key=lambda other: other[2] - other[1])
            own[parent[0]] -= box[2] - box[1]
    return own


def by_moments(boxes):
    edges = sorted({edge for _, start, end in boxes for edge in (start, end)})
    own = {name: 0.0 for name, _, _ in boxes}
    for left, right in pairwise(edges):
        around = [box for box in boxes if box[1] <= left and right <= box[2]]
        if around:
            own[min(around, key=lambda box: box[2] - box[1])[0]] += right - left
    return own


def totals(boxes):
    found = {}
    for name, start, end in boxes:
        found[name] = found.get(name, 0) + end - start
    return found


def less_all_inside(boxes):
    found = totals(boxes)
    for outer in boxes:
        for inner in boxes:
            if _inside(inner, outer):
                found[outer[0]] -= inner[2] - inner[1]
    return found


def last_box_only(boxes):
    found = {}
    for box in boxes:
        children = [
            other
            for other in boxes
            if _inside(other, box)
            and not any(_inside(other, between) and _inside(between, box) for between in boxes)
        ]
        found[box[0]] = box[2] - box[1] - sum(child[2] - child[1] for child in children)
    return found


def not_sorted(boxes):
    own, around = {}, []
    for name, start, end in boxes:
        while around and around[-1][1] <= start:
            around.pop()
        own[name] = own.get(name, 0) + end - start
        if around:
            own[around[-1][0]] -= end - start
        around.append((name, end))
    return own


def sorted_by_start_alone(boxes):
    return not_sorted(sorted(boxes, key=lambda box: box[1]))


def touching_is_inside(boxes):
    own, around = {}, []
    for name, start, end in sorted(boxes, key=lambda box: (box[1], -box[2])):
        while around and around[-1][1] < start:
            around.pop()
        own[name] = own.get(name, 0) + end - start
        if around:
            own[around[-1][0]] -= end - start
        around.append((name, end))
    return own


def in_place(boxes):
    boxes.sort(key=lambda box: (box[1], -box[2]))
    return self_times(boxes)


def a_list(boxes):
    return list(self_times(boxes).items())


def longest_around(boxes):
    own = totals(boxes)
    for box in boxes:
        outer = [other for other in boxes if _inside(box, other)]
        if outer:
            own[max(outer, key=lambda other: other[2] - other[1])[0]] -= box[2] - box[1]
    return own


def counter_by_stack(boxes):
    own = Counter()
    for name, time in self_times(boxes).items():
        own[name] += time
    return own


def merged_names(boxes):
    own = {}
    for box in boxes:
        if not any(other[0] == box[0] and _inside(box, other) for other in boxes):
            own[box[0]] = own.get(box[0], 0) + box[2] - box[1]
            parts = [other for other in boxes if _inside(other, box) and other[0] != box[0]]
            own[box[0]] -= sum(other[2] - other[1] for other in parts)
    return own


def without_leaves(boxes):
    return {name: time for name, time in self_times(boxes).items() if time > 1}


def count_calls(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
    for row in prof.key_averages():
        if row.key == name:
            return row.count
    return 0


def by_events(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
    return sum(event.name == name for event in prof.events())


def by_shapes(f, name):
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True, acc_events=True) as prof:
        f()
    by_shape = prof.key_averages(group_by_input_shape=True)
    return sum(row.count for row in by_shape if row.key == name)


def first_shape(f, name):
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True, acc_events=True) as prof:
        f()
    for row in prof.key_averages(group_by_input_shape=True):
        if row.key == name:
            return row.count
    return 0


def rows_only(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
    return sum(row.key == name for row in prof.key_averages())


def begins_like(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
    return sum(row.count for row in prof.key_averages() if row.key.startswith(name))


def ends_like(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
    return sum(row.count for row in prof.key_averages() if row.key.endswith(name))


def outermost_only(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
    return sum(event.name == name and event.cpu_parent is None for event in prof.events())


def with_start_and_stop(f, name):
    prof = profile(activities=[ProfilerActivity.CPU], acc_events=True)
    prof.start()
    f()
    prof.stop()
    return Counter(event.name for event in prof.events())[name]


def with_warmup(f, name):
    f()
    return count_calls(f, name)


def inside_the_block(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
        counts = {row.key: row.count for row in prof.key_averages()}
    return counts.get(name, 0)


def events_inside_the_block(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
        found = sum(event.name == name for event in prof.events())
    return found


def none_if_absent(f, name):
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as prof:
        f()
    for row in prof.key_averages():
        if row.key == name:
            return row.count
    return None


CASES = {
    "07.3a": Cases(
        solution=self_times,
        also_right=[by_smallest_around, by_moments, counter_by_stack],
        wrong=[
            (totals, "this is its total"),
            (less_all_inside, "only the boxes right inside"),
            (longest_around, "self time of"),
            (merged_names, "self time of"),
            (last_box_only, "several boxes"),
            (not_sorted, "self time of"),
            (sorted_by_start_alone, "self time of"),
            (touching_is_inside, "self time of"),
            (in_place, "changed its input"),
            (a_list, "dict"),
            (without_leaves, "names in your dictionary"),
        ],
    ),
    "07.3b": Cases(
        solution=count_calls,
        also_right=[by_events, by_shapes, with_start_and_stop],
        wrong=[
            (first_shape, "rows of all shapes"),
            (rows_only, "stands for many calls"),
            (begins_like, "only begin or end like it"),
            (ends_like, "expected 0"),
            (outermost_only, "inside of other calls"),
            (with_warmup, "where once is asked"),
            (inside_the_block, "has ended"),
            (events_inside_the_block, "has ended"),
            (none_if_absent, "returned None"),
        ],
        equivalent={
            "with profile(acc_events=True) as prof:": SAME_ACTIVITIES,
            "with profile(activities=[ProfilerActivity.CPU]) as prof:": ONE_CYCLE,
            "with profile(activities=[ProfilerActivity.CPU], acc_events=False) as prof:": ONE_CYCLE,
            "return abs(row.count)": NOT_NEGATIVE,
            "return int(row.count)": WHOLE,
            "with profile() as watcher:": SAME_ACTIVITIES,
        },
    ),
}
