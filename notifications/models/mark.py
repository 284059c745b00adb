from django.db import models

from notifications.models.attempt import ANSWER_CHARACTERS


class Mark(models.Model):
    """A mail that a relay has just sent, until the batch is booked: see ``notifications.marks``.

    A slip of paper, not a record: no foreign key, no constraint and no trigger, so that writing one for each
    mail costs next to nothing. Booking turns it into an Attempt.
    """

    message_id = models.BigIntegerField()
    lease = models.CharField(max_length=100, db_index=True)
    at = models.DateTimeField()
    provider_id = models.CharField(max_length=200)
    answer = models.CharField(max_length=ANSWER_CHARACTERS)

    def __str__(self) -> str:
        return f"{self.message_id} under {self.lease}"
