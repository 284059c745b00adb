"""Letters: builders that turn facts into content, and a renderer that turns content into tagged PDF.

    letter = request_receipt.build(facts, language="es")
    letter = verifiable(letter, number="R-1042", version=1, url="https://example.gov/verify/R-1042/1")
    pdf = render(letter).content

Builders and renderer read nothing but their arguments: no database, no clock, no settings but the
translations. The PDF library is imported on the first rendering.
"""

from referrals.letters.fingerprint import canonical, digest, fingerprint, verifiable
from referrals.letters.letter import Letter, Letterhead, Rendered, Verification
from referrals.letters.rendering import render

__all__ = [
    "Letter",
    "Letterhead",
    "Rendered",
    "Verification",
    "canonical",
    "digest",
    "fingerprint",
    "render",
    "verifiable",
]
