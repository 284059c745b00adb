"""What the pages about retention show: tokens, references, dates, rules and figures. No name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows import days_in_words, policies
from workflows.models import Kind

from . import retention, rule_words
from .keys.keepers import KeeperAway, keeper
from .models import DataKey, Disposition, DispositionItem, KeyRotation, LegalHold, RetentionSurvey, User
from .rule_pages import rule_url
from .services import dispositions

SHOWN = (retention.Standing.DUE, retention.Standing.SOON, retention.Standing.LATER, retention.Standing.HELD)
PAGE = 50


def survey() -> RetentionSurvey | None:
    """The last walk over everything."""
    return RetentionSurvey.objects.first()


def rules(found: RetentionSurvey | None, *, on: date) -> dict[str, Any]:
    """The rules in force with what stands under each."""
    rows = retention.rows_in_force(policies.book(), on=on)
    labels = [_("Due"), _("Due within 90 days"), _("Due later"), _("Held")]
    return {
        "caption": _("Rules, and what stands under each"),
        "columns": [
            {"label": _("What is kept")},
            {"label": _("How long")},
            *({"label": label, "numeric": True} for label in labels),
        ],
        "rows": [
            {
                "cells": [
                    {"url": rule_url(row.key, row.jurisdiction), "text": row.label},
                    {
                        "text": rule_words.value_in_words(row.key, row.value),
                        "note": "" if row.verified else _("Not verified"),
                    },
                    *({"text": str(found.number(row.key, each)) if found else "–"} for each in SHOWN),
                ]
            }
            for row in rows
        ],
    }


def name_of(disposition: Disposition) -> str:
    return _("Disposition %(number)d") % {"number": disposition.pk}


def name_of_hold(hold: LegalHold) -> str:
    return _("Hold %(number)d") % {"number": hold.pk}


def how_much_is_left(left: int, number: int) -> str:
    return _("%(left)d of %(number)d left") % {"left": left, "number": number}


def batches(user: User, *, finished: bool) -> dict[str, Any]:
    """The batches that wait for somebody, or the last that are over."""
    over = [Disposition.Fate.DONE, Disposition.Fate.TURNED_DOWN]
    found = Disposition.objects.visible_to(user)
    found = found.filter(fate__in=over).order_by("-pk") if finished else found.exclude(fate__in=over)
    counted = found.annotate(
        number=Count("items"), left=Count("items", filter=Q(items__settled_at__isnull=True))
    )
    labels = (_("Batch"), _("What it holds"), _("Found"), _("How it stands"))
    return {
        "caption": _("Batches that are over") if finished else _("Batches"),
        "columns": [{"label": label} for label in labels],
        "rows": [_batch_row(each, user) for each in counted[:PAGE]],
    }


def _batch_row(batch: Any, user: User) -> dict[str, Any]:
    return {
        "urgent": dispositions.may_decide(batch, user),
        "cells": [
            {"url": reverse("disposition", args=[batch.pk]), "text": name_of(batch)},
            {
                "text": batch.get_stage_display(),
                "note": how_much_is_left(batch.left, batch.number),
            },
            {"at": batch.found_at},
            {"text": batch.get_fate_display()},
        ],
    }


def items(shown: Sequence[DispositionItem], held: Iterable[int], *, review: bool) -> dict[str, Any]:
    """The items of a batch: whose, which cases, which rule and arithmetic, and what became of it."""
    labels = (_("Worker"), _("Cases"), _("Why it is due"), _("What becomes of it"))
    covered = set(held)
    return {
        "caption": _("What is due"),
        "columns": [{"label": label} for label in labels],
        "rows": [_item_row(item, held=item.person_id in covered, review=review) for item in shown],
    }


def _item_row(item: DispositionItem, *, held: bool, review: bool) -> dict[str, Any]:
    address = reverse("disposition_item", args=[item.disposition_id, item.pk])
    link = {"url": address} if review and item.is_open else {}
    return {
        "late": held and item.is_open,
        "cells": [
            {**link, "text": item.person.token, "note": _("Take it out") if link else ""},
            {"text": cases_in_words(item)},
            {"text": item.rule.label, "note": " ".join(arithmetic(item))},
            fate_of(item, held=held),
        ],
    }


def cases_in_words(item: DispositionItem) -> str:
    """Kind, reference and closing day of each case."""
    told = [
        f"{Kind(each['kind']).label} {each['reference']}, "
        + _("closed %(day)s") % {"day": days_in_words.day(date.fromisoformat(each["closed_on"]))}
        for each in item.cases
        if each["closed_on"]
    ]
    return "; ".join(told) or _("none")


def arithmetic(item: DispositionItem) -> list[str]:
    return retention.arithmetic(item.rule, item.starts_on)


def fate_of(item: DispositionItem, *, held: bool) -> dict[str, Any]:
    """What becomes, or became, of an item."""
    if not item.is_open:
        until = days_in_words.day(item.not_before) if item.not_before else ""
        note = (
            _("%(why)s Not before %(day)s.") % {"why": item.taken_out_because, "day": until} if until else ""
        )
        return {"text": item.get_outcome_display(), "note": note}
    if held:
        return {"text": _("A legal hold covers it: it will be kept")}
    return {"text": item.get_what_display()}


def holds(found: Iterable[LegalHold]) -> dict[str, Any]:
    labels = (_("Hold"), _("What it covers"), _("Authority"), _("Opened"), _("Lifted"))
    return {
        "caption": _("Legal holds"),
        "columns": [{"label": label} for label in labels],
        "rows": [
            {
                "cells": [
                    {"url": reverse("hold", args=[each.pk]), "text": name_of_hold(each)},
                    {"text": target_of(each), "note": each.get_scope_display()},
                    {"text": each.authority},
                    {"at": each.opened_at, "note": each.opened_by.name},
                    {"at": each.lifted_at, "note": each.lifted_by.name}
                    if each.lifted_by
                    else {"text": _("in force")},
                ]
            }
            for each in found
        ],
    }


def target_of(hold: LegalHold) -> str:
    """What a hold names: a token, a reference, an organization, or an agency's number of a matter."""
    if hold.person:
        return hold.person.token
    if hold.case:
        return hold.case.reference
    if hold.organization:
        return hold.organization.name
    return f"{hold.matter.agency.code} {hold.matter.case_number}" if hold.matter else ""


def holds_with_targets(found: Any) -> Any:
    """Holds with what they name and who opened and lifted them, in one query."""
    return found.select_related("person", "case", "organization", "matter__agency", "opened_by", "lifted_by")


def keys() -> dict[str, Any]:
    """How many keys live, are destroyed, and wait to be forgotten by their keeper, by what wraps them."""
    live, gone = Q(destroyed_at__isnull=True), Q(destroyed_at__isnull=False)
    counted = DataKey.objects.values("of", "wrapped_by").annotate(
        live=Count("pk", filter=live),
        destroyed=Count("pk", filter=gone),
        waiting=Count("pk", filter=gone & Q(forgotten_at__isnull=True)),
    )
    try:
        current = keeper().current
    except KeeperAway:
        current = ""
    labels = (_("Live"), _("Destroyed"), _("Destroyed, not yet forgotten by the keeper"))
    rows = [_key_row(dict(row), current) for row in counted.order_by("of", "-live", "wrapped_by")]
    return {
        "current": current,
        "last": KeyRotation.objects.first(),
        "table": {
            "caption": _("Data keys"),
            "columns": [
                {"label": _("Keys of")},
                {"label": _("Wrapped by")},
                *({"label": label, "numeric": True} for label in labels),
            ],
            "rows": rows,
        },
    }


def _key_row(row: dict[str, Any], current: str) -> dict[str, Any]:
    older = row["wrapped_by"] and row["wrapped_by"] != current
    return {
        "late": bool(older or row["waiting"]),
        "cells": [
            {"text": DataKey.Of(row["of"]).label},
            {"text": row["wrapped_by"] or "–", "note": _("an older key: run rotate_keys") if older else ""},
            *({"text": str(row[name])} for name in ("live", "destroyed", "waiting")),
        ],
    }
