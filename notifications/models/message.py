from datetime import datetime
from functools import cache
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

CONTEXT_CHARACTERS = 2000
AGAIN = "#"
"""Stands in an effect key before the number of a repetition that somebody asked for."""


class Channel(models.TextChoices):
    INBOX = "inbox", _("Inbox")
    EMAIL = "email", _("E-mail")


class State(models.TextChoices):
    PENDING = "PENDING", _("Waiting to be sent")
    LEASED = "LEASED", _("Being sent")
    GATHERED = "GATHERED", _("Waiting for the summary")
    SENT = "SENT", _("Sent")
    BOUNCED = "BOUNCED", _("Came back")
    FAILED = "FAILED", _("Could not be delivered")
    SKIPPED = "SKIPPED", _("Turned off by the person")


UNDELIVERED = (State.PENDING, State.LEASED)
"""What a relay takes one by one."""

WAITING = (*UNDELIVERED, State.GATHERED)


class MessageQuerySet(models.QuerySet["Message"]):
    def inbox_of(self, user: AbstractBaseUser) -> Self:
        """What this person finds in the inbox, newest first. The only way a view reaches a message."""
        mine = self.filter(recipient_id=user.pk, channel=Channel.INBOX, state=State.SENT)
        return mine.order_by("-sent_at", "-pk")

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def undelivered(self) -> Self:
        return self.filter(state__in=UNDELIVERED)

    def due(self, at: datetime) -> Self:
        """What a relay may take at this time: waiting and due, or leased to a relay that never came back."""
        return self.undelivered().filter(next_try_at__lte=at)

    def to_summarize(self, at: datetime) -> Self:
        """What waits for a summary that is due by now."""
        return self.filter(state=State.GATHERED, digest__isnull=True, next_try_at__lte=at)


class Message(models.Model):
    """One thing told to one person over one channel: a row of the outbox and, later, of the ledger.

    ``about`` is an opaque case reference, ``link`` a path on this site. ``subject``, ``body`` and ``context``
    exist only for the inbox and never hold the name of a person or an employer. ``letter`` names the kind of
    mail: empty for the usual one. ``put_off_until`` is when quiet hours end or a summary is due; ``digest``
    is the summary that carried it. ``again_of`` is the first message that this one repeats because somebody
    asked for it. ``in_doubt`` counts tries after which nobody can say whether the mail arrived.
    """

    effect_key = models.TextField(editable=False)
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    event = models.CharField(max_length=100)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages_received"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    about = models.CharField(max_length=100, blank=True)
    link = models.CharField(max_length=500)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    context = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=10)
    urgent = models.BooleanField(default=False)
    mandatory = models.BooleanField(default=False)
    letter = models.CharField(max_length=40, blank=True, default="", db_default="")
    again_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sent_again",
        db_index=False,
    )

    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    put_off_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(
        help_text="When a relay may take it; while it is leased, the lease's end."
    )
    leased_by = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    in_doubt = models.PositiveSmallIntegerField(default=0, db_default=0)
    digest = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="carried", db_index=False
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["effect_key"], name="an_effect_is_told_once"),
            models.CheckConstraint(
                name="a_channel_is_inbox_or_email", condition=Q(channel__in=list(Channel.values))
            ),
            models.CheckConstraint(
                name="a_message_is_in_a_known_state", condition=Q(state__in=list(State.values))
            ),
            models.CheckConstraint(
                name="only_the_inbox_carries_text",
                condition=Q(channel=Channel.INBOX) | Q(subject="", body="", context={}),
            ),
            models.CheckConstraint(
                name="an_inbox_message_has_a_subject",
                condition=~Q(channel=Channel.INBOX) | ~Q(subject=""),
            ),
            models.CheckConstraint(
                name="the_context_of_a_message_is_small",
                condition=LessThanOrEqual(Length(Cast("context", models.TextField())), CONTEXT_CHARACTERS),
            ),
            models.CheckConstraint(
                name="a_link_stays_on_this_site", condition=Q(link__regex=r"^/($|[^/\\])")
            ),
            models.CheckConstraint(
                name="only_a_leased_message_names_its_relay",
                condition=(Q(state=State.LEASED) & ~Q(leased_by=""))
                | (~Q(state=State.LEASED) & Q(leased_by="")),
            ),
            models.CheckConstraint(
                name="what_went_out_and_nothing_else_says_when",
                condition=Q(state__in=[State.SENT, State.BOUNCED], sent_at__isnull=False)
                | (~Q(state__in=[State.SENT, State.BOUNCED]) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="only_a_message_in_the_inbox_is_read",
                condition=Q(read_at__isnull=True) | Q(channel=Channel.INBOX, state=State.SENT),
            ),
            models.CheckConstraint(
                name="a_mandatory_message_is_never_skipped",
                condition=~Q(mandatory=True, state=State.SKIPPED),
            ),
            models.CheckConstraint(
                name="only_mail_waits_for_a_summary",
                condition=~Q(state=State.GATHERED) | Q(channel=Channel.EMAIL, urgent=False, mandatory=False),
            ),
            models.CheckConstraint(
                name="only_mail_comes_back", condition=~Q(state=State.BOUNCED) | Q(channel=Channel.EMAIL)
            ),
        ]
        indexes = [
            models.Index(
                fields=["-urgent", "next_try_at", "id"],
                name="messages_to_deliver",
                condition=Q(state__in=[s.value for s in UNDELIVERED]),
            ),
            models.Index(
                fields=["next_try_at"],
                name="messages_for_a_summary",
                condition=Q(state=State.GATHERED.value),
            ),
            models.Index(fields=["digest"], name="messages_of_a_summary", condition=Q(digest__isnull=False)),
            models.Index(
                fields=["again_of"], name="messages_sent_again", condition=Q(again_of__isnull=False)
            ),
            models.Index(
                fields=["recipient", "-sent_at"],
                name="messages_in_an_inbox",
                condition=Q(channel=Channel.INBOX),
            ),
            models.Index(fields=["about"], name="messages_about_a_case"),
        ]
        triggers = [
            pgtrigger.Protect(name="messages_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_told_is_never_rewritten",
                fields=[
                    "effect_key",
                    "public_id",
                    "event",
                    "recipient",
                    "channel",
                    "about",
                    "link",
                    "subject",
                    "body",
                    "context",
                    "mandatory",
                    "letter",
                    "again_of",
                    "created_at",
                    "send_after",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.channel}, {self.state})"

    @property
    def message_id(self) -> str:
        """The Message-ID header: the same at every attempt, so a mail that goes twice shows once.

        Nobody but the reader of the mail can guess it, so nobody else can claim that it came back.
        """
        return f"<{self.public_id}@{_host(settings.SITE_URL)}>"

    @property
    def key(self) -> str:
        """The caller's key, shared by the copies of one announcement on every channel to everybody."""
        return self.effect_key.partition(AGAIN)[0].rsplit(":", 2)[0]

    @property
    def can_be_turned_off(self) -> bool:
        """Whether its mail may offer to send no more like it."""
        return not self.mandatory and self.channel == Channel.EMAIL

    @staticmethod
    def effect_key_of(*, key: str, channel: str, recipient_id: Any) -> str:
        return f"{key}:{channel}:{recipient_id}"


@cache
def _host(site_url: str) -> str:
    return urlsplit(site_url).hostname or "localhost"
