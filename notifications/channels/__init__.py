"""One module per way of reaching a person, and the words they share: a receipt, or one of three failures.

``inbox`` and ``email`` take a message. ``post`` chooses who carries e-mail: ``smtp``, ``kept`` or ``memory``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side gave for a delivered message: its own number for it, and its words."""

    provider_id: str = ""
    answer: str = ""


class DeliveryFailed(Exception):
    """A message was not delivered. The text is the other side's answer."""


class TemporaryFailure(DeliveryFailed):
    """It may work later: nobody answers, the server is busy, the connection broke."""


class PermanentFailure(DeliveryFailed):
    """It will not work later: the address is refused. ``kind`` is the kind of incident it makes."""

    def __init__(self, answer: str, *, kind: str = "refused") -> None:
        super().__init__(answer)
        self.kind = kind


class InDoubt(DeliveryFailed):
    """It was handed over, and the answer never came: it may have arrived, or may not."""
