"""One step on a hundred cases: ``python -m tests.benchmarks.many [--cases 100] [--rounds 7]``.

The job is the one of ``steps``, on all of them: each case decided on its own, with its own line of history,
clock, deadlines and mail. By hand it is a loop over ten prepared statements, each case in a transaction of
its own; the peer is django-fsm with the ORM in a loop. Ours goes through the door once.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from tests.benchmarks import ground, steps


class Together(steps.Ours):
    """The door for many, and the outbox for many."""

    def take_all(self, keys: Sequence[int]) -> None:
        from django.db import transaction

        from notifications import outbox
        from workflows import engine

        records = [self.record({"id": pk, "case_ptr_id": pk, "reference": ""}) for pk in keys]
        with transaction.atomic(), outbox.together():
            verdicts = engine.advance_all(
                records,
                "request_evidence",
                by=self.ground.person,
                at=steps.NOW,
                rfe_served_on=steps.SERVED,
                rfe_served_by="mail",
            )
            for record in records:
                verdict = verdicts[record.pk]
                if isinstance(verdict, engine.StepRefused):
                    raise verdict
                self.tell(record, verdict)


def main() -> None:
    import django

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--cases", type=int, default=100)
    reader.add_argument("--rounds", type=int, default=7)
    asked = reader.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with ground.database("many"):
        ready = steps.Ground()
        hand, fsm, ours = steps.Hand(ready), steps.Fsm(ready), Together(ready)
        ways = {"hand": hand.take_each, "ours": ours.take_all, "fsm": fsm.take_each}
        made = {"hand": hand, "ours": ours, "fsm": fsm}
        for way in ways.values():  # statements prepared, rules read
            way(ready.fresh(20))
        found = ground.taking_turns(
            ways,
            lambda _name: ready.fresh(asked.cases),
            rounds=asked.rounds,
            processes=lambda name: [os.getpid(), made[name].backend()],
        )
        steps.told(f"{asked.cases} cases at once", found)


if __name__ == "__main__":
    main()
