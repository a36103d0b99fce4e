"""An answer that is a class of modules."""

from typing import Any

from torch import nn

from d2lutils.checks.expecting import NotDone, Wrong
from d2lutils.checks.showing import kind
from d2lutils.checks.stubs import is_stub


def module_class(answer: Any) -> Any:
    """Return the reader's class; raise Wrong where it is none, NotDone where it is still the stub.

    Its type is Any: a check calls it with the arguments that the exercise names.
    """
    if isinstance(answer, nn.Module):
        raise Wrong("hand over the class itself, without brackets; this is a module made from it")
    if not isinstance(answer, type) or not issubclass(answer, nn.Module):
        raise Wrong(f"the answer should be a class that derives from nn.Module, not {kind(answer)}")
    untouched = answer.forward is nn.Module.forward and answer.__init__ is nn.Module.__init__
    if untouched or is_stub(answer.__init__) or is_stub(answer.forward):
        raise NotDone
    if answer.forward is nn.Module.forward:
        raise Wrong("the class has no `forward` yet")
    return answer
