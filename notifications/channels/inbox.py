from notifications.channels import Receipt
from notifications.models import Message


def deliver(message: Message) -> Receipt:
    """Nothing leaves the system: marking the message as sent makes it appear in the inbox."""
    return Receipt(provider_id=str(message.public_id))
