from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from notifications import inbox, preferences
from notifications.models import Message

pytestmark = pytest.mark.django_db


def test_an_inbox_holds_only_what_was_told_to_its_owner(tell, person):
    mine, hers = person(), person()
    tell(hers)
    tell(mine, subject="For me")
    assert [m.subject for m in Message.objects.inbox_of(mine)] == ["For me"]


def test_the_newest_message_is_on_top(tell, person, monday):
    reader = person()
    tell(reader, subject="Old", at=monday - timedelta(days=1))
    tell(reader, subject="New")
    assert [m.subject for m in Message.objects.inbox_of(reader)] == ["New", "Old"]


def test_a_message_turned_off_is_not_in_the_inbox(tell, person):
    reader = person()
    preferences.choose(user=reader, event="", channel="inbox", enabled=False)
    tell(reader)
    assert not Message.objects.inbox_of(reader).exists()


def test_reading_is_noted_once_with_the_first_time(tell, person, monday):
    reader = person()
    message = tell(reader, channels=["inbox"])[0]
    assert inbox.mark_read(message=message, by=reader, at=monday)
    assert not inbox.mark_read(message=message, by=reader, at=monday + timedelta(hours=1))
    message.refresh_from_db()
    assert message.read_at == monday
    assert not Message.objects.inbox_of(reader).unread().exists()


def test_nobody_reads_for_somebody_else(tell, person, monday):
    message = tell(person(), channels=["inbox"])[0]
    with pytest.raises(PermissionDenied):
        inbox.mark_read(message=message, by=person(), at=monday)
    assert Message.objects.unread().filter(pk=message.pk).exists()


def test_the_link_of_a_mail_leads_to_the_copy_in_the_inbox(tell, person):
    reader = person()
    in_inbox, by_mail = tell(reader)
    assert inbox.behind_link(public_id=by_mail.public_id, of=reader) == in_inbox


def test_the_link_of_a_mail_without_a_copy_leads_to_itself(tell, person):
    reader = person()
    (by_mail,) = tell(reader, channels=["email"])
    found = inbox.behind_link(public_id=by_mail.public_id, of=reader)
    assert found == by_mail
    assert found.link == "/statements/SOI-2025-000017/"


def test_the_link_of_somebody_else_s_mail_leads_nowhere(tell, person):
    _, by_mail = tell(person())
    assert inbox.behind_link(public_id=by_mail.public_id, of=person()) is None
    assert inbox.behind_link(public_id=uuid4(), of=person()) is None
