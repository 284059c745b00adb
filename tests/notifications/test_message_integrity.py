from uuid import uuid4

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, IntegrityError, transaction

from notifications import relay
from notifications.models import Attempt, Incident, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(tell, person, monday):
    (message,) = tell(person(address=""), channels=["email"])
    relay.deliver_pending(at=monday, worker="test")
    return message


@pytest.mark.parametrize("model", [Message, Attempt, Incident])
def test_the_database_refuses_to_delete(failed, model):
    with pytest.raises(DatabaseError, match=r"Cannot (update or )?delete"), transaction.atomic():
        model.objects.all()._raw_delete("default")
    assert model.objects.count() == 1


def test_an_attempt_is_never_rewritten(failed):
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Attempt.objects.update(outcome="ok")


@pytest.mark.parametrize(
    "change", [{"subject": "Other"}, {"about": "Other"}, {"mandatory": True}, {"link": "/x"}]
)
def test_what_was_told_is_never_rewritten(tell, person, change):
    tell(person(), channels=["inbox"])
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Message.objects.update(**change)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"link": "https://elsewhere.example/"}, "a_link_stays_on_this_site"),
        ({"link": "//elsewhere.example/"}, "a_link_stays_on_this_site"),
        ({"link": "/\\elsewhere.example/"}, "a_link_stays_on_this_site"),
        ({"link": ""}, "a_link_stays_on_this_site"),
        ({"subject": ""}, "an_inbox_message_has_a_subject"),
        ({"context": {"long": "x" * 3000}}, "the_context_of_a_message_is_small"),
    ],
)
def test_the_database_refuses_a_message_that_breaks_a_rule(tell, person, change, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        tell(person(), **change)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"state": "LEASED"}, "only_a_leased_message_names_its_relay"),
        ({"leased_by": "somebody"}, "only_a_leased_message_names_its_relay"),
        ({"state": "SENT"}, "what_went_out_and_nothing_else_says_when"),
        ({"state": "SKIPPED"}, "a_mandatory_message_is_never_skipped"),
        ({"state": "LOST"}, "a_message_is_in_a_known_state"),
        ({"read_at": "2025-03-03T15:00:00Z"}, "only_a_message_in_the_inbox_is_read"),
    ],
)
def test_the_database_refuses_a_change_that_breaks_a_rule(tell, person, change, rule):
    tell(person(), channels=["email"], mandatory=True)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Message.objects.update(**change)


def test_the_same_effect_cannot_be_stored_twice(tell, person):
    (message,) = tell(person(), channels=["inbox"])
    message.pk, message.public_id = None, uuid4()
    with pytest.raises(IntegrityError, match="an_effect_is_told_once"), transaction.atomic():
        message.save(force_insert=True)


def found(settings, **changes) -> set[str]:
    for name, value in changes.items():
        setattr(settings, name, value)
    return {problem.id for problem in run_checks() if str(problem.id).startswith("notifications.")}


def test_wrong_settings_are_found_before_the_first_mail(settings):
    assert found(settings) == set()
    assert found(settings, SITE_URL="casework.example.gov") == {"notifications.E001"}
    assert found(settings, SITE_URL="https://x.example", NOTIFICATIONS_EMAIL="pigeon") == {
        "notifications.E002"
    }
