"""What is due, a batch with its items, holds, keys and a certificate: on a desk, on a phone, in Spanish."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from referrals.demo.cast import Cast
from referrals.models import Disposition, Person
from referrals.services import disposing, dispositions, due_records, holds
from referrals.services.persons import add_person
from tests.browser.visitor import DESKTOP, PHONE


def laid_out(cast: Cast) -> list[str]:
    """The addresses of a world in which one batch is over, one is reviewed, and somebody is held."""
    now, officer = timezone.now(), cast.privacy_officer
    idle = {"by": cast.representative, "at": now - timedelta(days=500), "family_names": "Ejemplo"}
    add_person(**idle, given_names="Prudencia")
    due_records.find(at=now)
    over = dispositions.propose(Disposition.objects.get(), by=officer, at=now)
    dispositions.approve(over, seen=over.list_hash, by=cast.administrator, at=now)
    for _twice in range(2):
        disposing.carry_out(at=now)
    held: Person = add_person(**idle, given_names="Modesto")
    due_records.find(at=now)
    reviewed = Disposition.objects.exclude(pk=over.pk).get()
    hold = holds.open_hold(on=held, reason="A lawsuit.", authority="Order 7", by=officer, at=now)
    return [
        reverse("retention"), reverse("retention") + "?show=over", reverse("data_keys"), reverse("holds"),
        reverse("hold", args=[hold.pk]), reverse("disposition", args=[reviewed.pk]),
        reverse("disposition_item", args=[reviewed.pk, reviewed.items.get().pk]),
        reverse("disposition", args=[over.pk]), reverse("disposition_certificate", args=[over.pk]),
    ]  # fmt: skip


def test_every_page_is_in_order(visit: Any, world: Cast) -> None:
    addresses = laid_out(world)
    wrong = []
    for language in ("en-US", "es-MX"):
        officer = visit("privacy_officer", language=language)
        for address in addresses:
            officer.turn(DESKTOP)
            officer.go(address)
            wrong += [f"{language} {address} {each}" for each in officer.troubles()]
            officer.turn(PHONE)
            wrong += [f"{language} phone {address} {each}" for each in officer.troubles()]
    assert wrong == []


def test_a_wish_is_recorded_on_a_phone(visit: Any, world: Cast) -> None:
    worker = add_person(
        by=world.representative, at=timezone.now(), given_names="Prudencia", family_names="Ejemplo"
    )
    representative = visit("representative", phone=True)
    representative.open(reverse("worker_wish", args=[worker.token]))
    assert representative.tab_through() == []
