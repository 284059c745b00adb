"""The agency's letter in support of one worker's stay: its content, while it is a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recordsets.collisions import in_one_piece

from .. import personal_data
from ..models import Matter, StayReferral, User

CONTENT = ("ground", "presence_needed", "months_asked", "contact_phone", "matter")


@in_one_piece
def write(referral: StayReferral, *, by: User, values: Mapping[str, Any]) -> None:
    """Keep the content of the letter; the step that saves it is taken in the same transaction.

    Raises ``PersonalDataFound``, or ``ValidationError`` for a matter of another agency.
    """
    personal_data.refuse({"presence_needed": str(values.get("presence_needed", ""))})
    kept: StayReferral = (
        StayReferral.objects.visible_to(by).select_for_update(of=("self",)).get(pk=referral.pk)
    )
    for name in CONTENT:
        setattr(kept, name, values[name])
    if kept.matter is not None:
        Matter.objects.visible_to(by).get(pk=kept.matter.pk, agency_id=kept.agency_id)
    kept.full_clean(exclude=["state"])
    kept.save(update_fields=[*CONTENT])
