"""The ways out of a page: into the lab, to the section's slides, into Colab, to the PDF."""

from dataclasses import dataclass

LAB = "http://localhost:8888/lab/tree/"
COLAB = "https://colab.research.google.com/github/"
SLIDES, PDF = "slides", "book.pdf"  # where they lie within the web book's folder


@dataclass(frozen=True)
class Ways:
    """Which ways this edition has.

    Attributes:
        beside: decks and PDF lie in the web book's folder.
        repository: the book's place on GitHub, OWNER/NAME; "" for none.
        branch: the branch that is published.
    """

    beside: bool = False
    repository: str = ""
    branch: str = "main"

    def of_page(self, name: str) -> str:
        """The line below a page's title; `name` is 02_tensors/05_broadcasting."""
        ways = []
        if self.repository:
            at = f"{self.repository}/blob/{self.branch}/chapters/{name}.ipynb"
            ways.append(f"[Open in Colab]({COLAB}{at})")
        if self.beside:
            up = "../" * name.count("/")
            ways.append(f'<a href="{up}{SLIDES}/{name}.html">Slides</a>')
        lab = f'[Open in the lab]({LAB}chapters/{name}.ipynb "while make lab is open")'
        return " · ".join([*ways, lab])

    def of_start(self) -> str:
        """A paragraph of the start page, or nothing."""
        if not self.beside:
            return ""
        return (
            f'**On paper and on a screen.** <a href="{PDF}">The whole book as one PDF</a>; '
            "each section also as slides, by the link at its top.\n"
        )
