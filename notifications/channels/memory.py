from collections.abc import Callable

from django.core.mail import EmailMessage, get_connection

from notifications.channels import Receipt
from notifications.channels.email import Mail


class Memory:
    """Puts mail into django.core.mail.outbox, where tests look."""

    def send(self, mail: Mail, *, before: Callable[[], None], next_to: str = "") -> Receipt:
        before()
        letter = EmailMessage(mail.subject, mail.body, to=[mail.to], headers={"Message-ID": mail.message_id})
        get_connection("django.core.mail.backends.locmem.EmailBackend").send_messages([letter])
        return Receipt(provider_id=mail.message_id)

    def close(self) -> None:
        pass
