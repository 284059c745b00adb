from collections.abc import Callable

from notifications.channels import Receipt
from notifications.channels.email import Mail
from notifications.models import KeptMail


class Kept:
    """Keeps mail for a page that shows it, and sends none. A repeated mail is kept once."""

    def send(self, mail: Mail, *, before: Callable[[], None], next_to: str = "") -> Receipt:
        before()
        body = mail.text if mail.secret else mail.body
        kept = KeptMail(message_id=mail.message_pk, subject=mail.subject, body=body, at=mail.at)
        KeptMail.objects.bulk_create([kept], ignore_conflicts=True)
        return Receipt(provider_id=mail.message_id)

    def close(self) -> None:
        pass
