"""Pictures that a camera reads, drawn by a template."""

from __future__ import annotations

from dataclasses import dataclass

BORDER = 4  # modules of white around it, as ISO/IEC 18004 asks


@dataclass(frozen=True)
class Drawn:
    """A picture as an SVG path of unit squares, and its side in such squares, the white border included."""

    path: str
    side: int


def drawn(text: str) -> Drawn:
    import segno

    rows = list(segno.make(text, micro=False, error="m").matrix_iter(border=BORDER))
    squares = [
        f"M{across} {down}h1v1h-1z"
        for down, row in enumerate(rows)
        for across, dark in enumerate(row)
        if dark
    ]
    return Drawn("".join(squares), len(rows))
