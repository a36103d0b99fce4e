"""What is here of a file that `d2l.download` has not wholly fetched yet."""

import hashlib
import json
from pathlib import Path


class Part:
    """The bytes that have come, and what the server called their version; both on disk.

    They belong to a file with one SHA-256: what is left of another is removed.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        self.path, self.sha256 = path, sha256
        self._notes = path.with_name(f"{path.name}.json")
        if self._read("sha256") != sha256:
            self.drop()

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def version(self) -> str:
        """The ETag or date that these bytes came with, empty where they came with none."""
        return self._read("version")

    def digest(self) -> str:
        return digest(self.path) if self.path.exists() else ""

    def start(self, version: str) -> None:
        """Empty the part, for a version that comes from its first byte on."""
        self.path.write_bytes(b"")  # first: no byte is ever noted as another version's
        self._notes.write_text(json.dumps({"sha256": self.sha256, "version": version}), "utf-8")

    def finish(self, target: Path) -> None:
        """Put the bytes where the file belongs, in one step."""
        self.path.replace(target)
        self._notes.unlink(missing_ok=True)

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)

    def _read(self, key: str) -> str:
        try:
            return str(json.loads(self._notes.read_text("utf-8"))[key])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return ""  # no notes, or cut off


def digest(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
