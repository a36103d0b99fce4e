"""Letters for which this machine has no font: on paper they would be boxes."""

import shutil
import subprocess

USUAL = 0x24F  # Latin, which every machine can draw, ends here
NOTO = "fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji"  # Debian's packages


def without_font(text: str) -> str:
    """The letters of a text that no font here has; none where nothing tells which fonts have."""
    if not shutil.which("fc-list"):
        return ""
    return "".join(letter for letter in sorted(set(text)) if ord(letter) > USUAL and _lacks(letter))


def _lacks(letter: str) -> bool:
    asked = ["fc-list", f":charset={ord(letter):x}", "family"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, encoding="utf-8")
    return not done.stdout.strip()


def warning(letters: str) -> str:
    """What to say of letters without a font."""
    return (
        f"No font here has {letters[:20]}{'…' if len(letters) > 20 else ''} ({len(letters)} "
        f"in all): they are boxes on paper. Install fonts and print again (Debian: {NOTO})."
    )
