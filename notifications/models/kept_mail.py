from typing import Self

from django.conf import settings
from django.db import models

from notifications.models.message import Message


class KeptMailQuerySet(models.QuerySet["KeptMail"]):
    def visible(self) -> Self:
        """Every kept mail, newest first, in a demonstration; nothing anywhere else."""
        if not getattr(settings, "DEMO", False):
            return self.none()
        return self.select_related("message__recipient").order_by("-at", "-pk")


class KeptMail(models.Model):
    """A mail that a demonstration shows on a page instead of sending it.

    A link that opens an account is not kept: ``shown_body`` makes a fresh one each time somebody looks.
    """

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="kept_mail")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    at = models.DateTimeField()

    objects = KeptMailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="kept_mail_newest_first")]

    def __str__(self) -> str:
        return self.subject

    @property
    def shown_body(self) -> str:
        from notifications.channels import email

        if email.PLACE_OF_THE_LINK not in self.body:
            return self.body
        return self.body.replace(email.PLACE_OF_THE_LINK, email.letter_of(self.message).link)

    @property
    def to(self) -> str:
        """The address as it is now; it is kept nowhere but on the person's account."""
        return str(getattr(self.message.recipient, "email", ""))
