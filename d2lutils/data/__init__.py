"""The book's data, and readers of anybody's files; each is loaded on its first use."""

from typing import TYPE_CHECKING

from d2lutils.installing import late

if TYPE_CHECKING:
    from d2lutils.data.files import path
    from d2lutils.data.larger import cifar10, fashion_mnist
    from d2lutils.data.pictures import digits, mnist, photo, read_image
    from d2lutils.data.sounds import Sound, chord, read_wav
    from d2lutils.data.tables import co2, countries, penguins, read_table, weather, wine
    from d2lutils.data.volumes import Volume, brain, ct, read_dicom
    from d2lutils.data.words import read_text, story

# A module never has its function's name: importing it would hide the function.
_MODULES = {
    "files": "path",
    "larger": "cifar10 fashion_mnist",
    "pictures": "digits mnist photo read_image",
    "sounds": "Sound chord read_wav",
    "tables": "co2 countries penguins read_table weather wine",
    "volumes": "Volume brain ct read_dicom",
    "words": "read_text story",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}
# fmt: off
__all__ = [
    "Sound", "Volume", "brain", "chord", "cifar10", "co2", "countries", "ct", "digits",
    "fashion_mnist", "mnist", "path", "penguins", "photo", "read_dicom", "read_image",
    "read_table", "read_text", "read_wav", "story", "weather", "wine",
]
# fmt: on


__getattr__ = late(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
