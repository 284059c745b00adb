from notifications.models.attempt import Attempt
from notifications.models.incident import Incident
from notifications.models.kept_mail import KeptMail
from notifications.models.message import Channel, Message, State
from notifications.models.preference import Preference

__all__ = ["Attempt", "Channel", "Incident", "KeptMail", "Message", "Preference", "State"]
