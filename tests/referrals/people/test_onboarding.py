"""An organization comes in by two people and proof, its people by mail; nobody sees anything before."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import relay
from notifications.models import Message
from referrals.demo.cast import Cast
from referrals.models import Admission, Invitation, Membership, Organization, User
from referrals.services import capacities, invitations
from tests.referrals.pages.reading import main
from tests.referrals.people.conftest import PROPOSAL, Browse

WORDS = "another long password 77"
CODE = "valley-legal-clinic"


def proposed(cast: Cast, browse: Browse, **changes: Any) -> Admission:
    answer = browse(cast.administrator).post("/organizations/new/", {**PROPOSAL, **changes})
    assert answer.status_code == 302, main(answer)
    return Admission.objects.latest("pk")


def approved(cast: Cast, browse: Browse, **changes: Any) -> Organization:
    page = reverse("admission", args=[proposed(cast, browse, **changes).pk])
    assert browse(cast.privacy_officer).post(page, {"approve": "1"}).status_code == 302
    return Organization.objects.latest("pk")


def link_in_mail(mailoutbox: list[Any]) -> str:
    relay.deliver_pending(at=timezone.now(), worker="test")
    return urlsplit(re.findall(r"https?://\S+", invitation_in(mailoutbox).body)[0]).path


def invitation_in(mailoutbox: list[Any]) -> Any:
    return next(mail for mail in mailoutbox if "/invitations/" in mail.body)


def invite(cast: Cast, browse: Browse, by: User, code: str, **changes: Any) -> Any:
    organization = Organization.objects.get(code=code)
    typed = {
        "name": "Omar Otro", "email": "omar@valley.example", "capacity": "ORGANIZER", "title": "",
        "language": "es", "office": organization.offices.earliest("pk").pk, **changes,
    }  # fmt: skip
    return browse(by).post(f"/organizations/of/{code}/invite/", typed)


def test_nothing_of_an_organization_exists_before_a_second_person_approves(
    cast: Cast, browse: Browse, mailoutbox: list[Any]
) -> None:
    made = proposed(cast, browse)
    assert (made.proposed_by, made.source) == (cast.administrator, PROPOSAL["source"])
    assert not Organization.objects.filter(code=CODE).exists()
    assert not User.objects.filter(email=PROPOSAL["first_email"]).exists()
    told = Message.objects.filter(event="people.organization_proposed").values_list("recipient", flat=True)
    assert set(told) == {cast.privacy_officer.pk}
    page = reverse("admission", args=[made.pk])
    own = browse(cast.administrator).post(page, {"approve": "1"})
    assert own.status_code == 409
    assert "A second person decides" in main(own)
    assert not Organization.objects.filter(code=CODE).exists()


def test_the_database_refuses_one_person_in_both_parts(cast: Cast, browse: Browse) -> None:
    made = proposed(cast, browse)
    with pytest.raises(IntegrityError, match="a_second_person_decides"), transaction.atomic():
        Admission.objects.filter(pk=made.pk).update(
            outcome="REFUSED", decided_by=made.proposed_by, decided_at=timezone.now(), because="x"
        )
    with pytest.raises(IntegrityError, match="exists_once_it_is_approved"), transaction.atomic():
        Admission.objects.filter(pk=made.pk).update(organization=cast.organizations["NLRB"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"proof": "REGISTER"}, "Only attorneys"),
        ({"proof": "DOMAIN"}, "no proof for an organization of that kind"),
        ({"capacities": ["ICE_REVIEWER"]}, "may not hold all of these"),
        ({"first_capacity": "AGENCY_STAFF"}, "not to hold this capacity"),
        ({"most_people": 5000}, "At most 200 people"),
        ({"looked_on": "2099-01-01"}, "has not come yet"),
        ({"proof": "BAR", "jurisdiction": ""}, "Say which bar"),
        ({"kind": "AGENCY", "proof": "DOMAIN", "number": "az.example", "capacities": ["AGENCY_STAFF"],
          "first_capacity": "AGENCY_STAFF"}, "does not end with the domain"),
    ],
)  # fmt: skip
def test_what_does_not_fit_gets_a_sentence_and_stays_on_the_page(
    cast: Cast, browse: Browse, changes: dict[str, Any], sentence: str
) -> None:
    answer = browse(cast.administrator).post("/organizations/new/", {**PROPOSAL, **changes})
    assert answer.status_code == 400
    assert sentence in main(answer)
    assert PROPOSAL["first_email"] in answer.content.decode()
    assert not Admission.objects.exists()


def test_a_refusal_has_a_reason_and_is_final(cast: Cast, browse: Browse) -> None:
    made = proposed(cast, browse)
    page, officer = reverse("admission", args=[made.pk]), browse(cast.privacy_officer)
    assert officer.post(page, {"refuse": "1", "because": ""}).status_code == 400
    assert officer.post(page, {"refuse": "1", "because": "Not on the roster."}).status_code == 302
    assert "Not on the roster." in main(browse(cast.administrator).get(page))
    assert officer.post(page, {"approve": "1"}).status_code == 409
    assert not Organization.objects.filter(code=CODE).exists()


def test_the_first_person_takes_up_the_invitation_once_and_then_needs_a_second_factor(
    cast: Cast, browse: Browse, mailoutbox: list[Any]
) -> None:
    organization = approved(cast, browse)
    link = link_in_mail(mailoutbox)
    mail = invitation_in(mailoutbox)
    assert mail.to == [PROPOSAL["first_email"]]
    assert organization.name not in mail.body + mail.subject
    assert Membership.objects.filter(organization=organization).count() == 0
    visitor = Client()
    weak = visitor.post(link, {"password1": "short", "password2": "short"})
    assert weak.status_code == 400
    assert "Valley Legal Clinic invites you" in main(visitor.get(link))
    assert visitor.post(link, {"password1": WORDS, "password2": WORDS}).status_code == 302
    held = Membership.objects.get(organization=organization)
    assert (held.capacity, held.manages, held.user.email) == ("REPRESENTATIVE", True, PROPOSAL["first_email"])
    assert visitor.get(link).status_code == 410
    assert visitor.post("/accounts/login/", {"login": held.user.email, "password": WORDS}).status_code == 302
    assert visitor.get("/").headers["Location"].startswith("/accounts/factors/")


def test_no_secret_of_an_invitation_is_stored(cast: Cast, browse: Browse, mailoutbox: list[Any]) -> None:
    approved(cast, browse)
    secret = link_in_mail(mailoutbox).rstrip("/").rsplit("/", 1)[1]
    assert not Message.objects.filter(link__contains=secret).exists()
    assert not Message.objects.filter(effect_key__contains=secret).exists()


def test_a_link_that_is_old_taken_back_or_made_up_gets_the_same_answer(
    cast: Cast, browse: Browse, mailoutbox: list[Any]
) -> None:
    approved(cast, browse)
    link = link_in_mail(mailoutbox)
    offered = Invitation.objects.get()
    forged = reverse("invitation", args=[uuid4(), "0" * 64])
    answers = [Client().get(forged)]
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answers.append(Client().get(link))
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert Client().get(link).status_code == 200
    page = reverse("organization", args=[CODE])
    assert browse(cast.administrator).post(page, {"withdraw": offered.pk}).status_code == 302
    answers.append(Client().get(link))
    assert {(each.status_code, main(each)) for each in answers} == {(410, main(answers[0]))}


def test_the_inviter_does_not_learn_whether_there_is_an_account(
    cast: Cast, browse: Browse, mailoutbox: list[Any]
) -> None:
    code = "desert-legal-aid"
    known = invite(cast, browse, cast.representative, code, email=cast.river.email)
    unknown = invite(cast, browse, cast.representative, code, email="new@else.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"]) != (200, "")
    page = main(browse(cast.representative).get(reverse("organization", args=[code])))
    assert cast.river.name not in page


def test_who_has_an_account_takes_up_another_capacity_only_signed_in(
    cast: Cast, browse: Browse, mailoutbox: list[Any]
) -> None:
    invite(cast, browse, cast.representative, "desert-legal-aid", email=cast.river.email)
    link = link_in_mail(mailoutbox)
    Client().post(link, {"password1": WORDS, "password2": WORDS})
    browse(cast.organizer).post(link)
    assert cast.river.memberships.count() == 1
    assert not User.objects.get(pk=cast.river.pk).check_password(WORDS)
    assert browse(cast.river).post(link).status_code == 302
    assert [held.capacity for held in cast.river.memberships.all()] == ["REPRESENTATIVE", "ORGANIZER"]


def test_capacities_and_people_are_capped_in_the_service_and_in_the_database(
    cast: Cast, browse: Browse
) -> None:
    organization = approved(cast, browse)
    office = organization.offices.get()
    assert invite(cast, browse, cast.administrator, CODE, capacity="AGENCY_STAFF").status_code == 400
    assert invite(cast, browse, cast.administrator, CODE).status_code == 302
    third = invite(cast, browse, cast.administrator, CODE, email="third@valley.example")
    assert "as many people as it may have" in main(third)
    with pytest.raises(IntegrityError, match="may not hold this capacity"), transaction.atomic():
        Membership.objects.create(
            user=cast.river, organization=organization, office=office, capacity="ICE_REVIEWER"
        )
    people = [cast.river, cast.organizer]
    for each in people:
        Membership.objects.create(user=each, organization=organization, office=office, capacity="ORGANIZER")
    with pytest.raises(IntegrityError, match="as many people"), transaction.atomic():
        Membership.objects.create(
            user=cast.signer, organization=organization, office=office, capacity="ORGANIZER"
        )


def test_people_of_a_proven_domain_have_addresses_in_it(cast: Cast, browse: Browse) -> None:
    approved(
        cast, browse, kind="AGENCY", level="STATE", proof="DOMAIN", number="labor.az.example",
        capacities=["AGENCY_STAFF", "AGENCY_APPROVER"], first_capacity="AGENCY_APPROVER",
        first_email="vera@labor.az.example",
    )  # fmt: skip
    elsewhere = invite(cast, browse, cast.administrator, CODE, capacity="AGENCY_STAFF")
    assert "end with labor.az.example" in main(elsewhere)
    assert not invitations.in_domain("x@notlabor.az.example", "labor.az.example")


def test_a_capacity_that_reaches_beyond_one_organization_needs_a_second_person(
    cast: Cast, browse: Browse, mailoutbox: list[Any]
) -> None:
    office = cast.offices["ice-phoenix"].pk
    answer = invite(cast, browse, cast.officer, "DHS", capacity="ICE_REVIEWER", office=office)
    assert answer.status_code == 302
    offered = Invitation.objects.get()
    assert not Message.objects.filter(event="account.invitation").exists()
    secret = invitations.secret_of(offered)
    assert Client().get(reverse("invitation", args=[offered.public_id, secret])).status_code == 410
    page = reverse("organization", args=["DHS"])
    assert browse(cast.officer).post(page, {"let_go": offered.pk}).status_code == 409
    assert browse(cast.administrator).post(page, {"let_go": offered.pk}).status_code == 302
    assert Client().get(link_in_mail(mailoutbox)).status_code == 200
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Invitation.objects.update(approved_by=offered.invited_by)


def test_only_who_manages_people_invites_and_only_into_their_own(cast: Cast, browse: Browse) -> None:
    assert invite(cast, browse, cast.organizer, "desert-legal-aid").status_code == 404
    assert invite(cast, browse, cast.representative, "river-workers-center").status_code == 404
    assert browse(cast.representative).get("/organizations/of/river-workers-center/").status_code == 404
    assert browse(cast.representative).get("/organizations/").status_code == 404
    assert invite(cast, browse, cast.privacy_officer, "desert-legal-aid").status_code == 404


def test_an_ended_capacity_is_over_at_once_and_so_are_the_sessions_in_it(cast: Cast, browse: Browse) -> None:
    organization, office = cast.organizations["river-workers-center"], cast.offices["river-workers-center"]
    second = Membership.objects.create(
        user=cast.organizer, organization=organization, office=office, capacity="ORGANIZER"
    )
    first = cast.organizer.memberships.get(office=cast.offices["desert-legal-aid"])
    in_first, in_second = browse(cast.organizer), browse(cast.organizer)
    in_second.post("/capacity/", {"capacity": second.pk})
    page = reverse("capacity_end", args=[first.pk])
    assert browse(cast.river).post(page, {"because": "x"}).status_code == 404
    assert browse(cast.representative).post(page, {"because": ""}).status_code == 200
    assert browse(cast.representative).post(page, {"because": "Left the office."}).status_code == 302
    assert in_first.get("/").status_code == 302
    assert in_second.get("/").status_code == 200
    first.refresh_from_db()
    assert (first.ended_by, first.ended_because) == (cast.representative, "Left the office.")
    assert browse(cast.representative).post(page, {"because": "Again."}).status_code == 409


def test_the_last_administrator_is_not_ended(cast: Cast) -> None:
    held = cast.administrator.memberships.get()
    with pytest.raises(invitations.PeopleRefused, match="last system administrator"):
        capacities.end(held, because="x", by=cast.administrator, at=timezone.now())


def test_who_was_invited_and_took_nothing_up_gets_no_mail_for_a_new_password(
    cast: Cast, browse: Browse
) -> None:
    approved(cast, browse)
    Client().post("/accounts/password/reset/", {"email": PROPOSAL["first_email"]})
    assert not Message.objects.filter(event="account.password_reset").exists()
