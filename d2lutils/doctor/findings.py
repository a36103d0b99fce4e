"""One line of the doctor's report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was found; without a remedy, all is well. A hint is well, too, and could be better."""

    what: str
    remedy: str = ""
    hint: str = ""

    def __str__(self) -> str:
        if self.remedy:
            return f"WRONG  {self.what}. {self.remedy}"
        return f"HINT   {self.what}. {self.hint}" if self.hint else f"OK     {self.what}"
