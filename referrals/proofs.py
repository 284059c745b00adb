"""The nightly walks over every history: what they found is logged, and stays where operations show it."""

from __future__ import annotations

import logging
from datetime import datetime

from workflows import history, replay

from . import certificates, heartbeats, in_hand
from .models import Heartbeat
from .services import access_chain

log = logging.getLogger(__name__)

NAMED = 50
"""Illegal places that the log names; the command replay_history names them all."""


def verify(*, at: datetime) -> history.Verdict:
    """Check that no history, and no trail of reads or certificate, was changed after it was written."""
    verdict = history.verify()
    reads = access_chain.verify(at=at)
    wrong = str(verdict.broken) if verdict.broken else reads.broken or certificates.broken()
    if wrong:
        log.error("history broken: %s", wrong)
    heartbeats.note(Heartbeat.Part.VERIFY, at=at, cases=verdict.cases, wrong=wrong, number=int(bool(wrong)))
    return verdict


def replay_all(*, at: datetime) -> replay.Outcome:
    """Check that every history is legal under the version of the procedure that it names."""
    outcome = replay.replay()
    for illegal in outcome.illegal[:NAMED]:
        with in_hand.a_case(illegal.reference):
            log.error("history not legal: %s", illegal)
    wrong = str(outcome.illegal[0]) if outcome.illegal else ""
    heartbeats.note(Heartbeat.Part.REPLAY, at=at, cases=outcome.cases, wrong=wrong, number=outcome.found)
    return outcome
