"""The book's pictures, one file a kind; each file is loaded when it is first drawn from."""

from typing import TYPE_CHECKING

from d2lutils.installing import late

if TYPE_CHECKING:
    from d2lutils.plot.boxes import memory as memory
    from d2lutils.plot.computations import computation_graph as computation_graph
    from d2lutils.plot.confusions import confusion_matrix as confusion_matrix
    from d2lutils.plot.curves import lines as lines
    from d2lutils.plot.graphs import graph as graph
    from d2lutils.plot.histories import history as history
    from d2lutils.plot.outputs import activations as activations
    from d2lutils.plot.pictures import images as images
    from d2lutils.plot.regions import decision_regions as decision_regions
    from d2lutils.plot.stretching import broadcasting as broadcasting
    from d2lutils.plot.styling import style as style
    from d2lutils.plot.surfaces import surface as surface

# A module never has its function's name: importing it would hide the function.
_HOMES = {
    "activations": "outputs",
    "broadcasting": "stretching",
    "computation_graph": "computations",
    "confusion_matrix": "confusions",
    "decision_regions": "regions",
    "graph": "graphs",
    "history": "histories",
    "images": "pictures",
    "lines": "curves",
    "memory": "boxes",
    "style": "styling",
    "surface": "surfaces",
}
__all__ = sorted(_HOMES)


__getattr__ = late(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
