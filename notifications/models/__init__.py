from notifications.models.attempt import Attempt
from notifications.models.bounce import Bounce, BounceReport, FailingAddress
from notifications.models.incident import Incident, IncidentNote
from notifications.models.kept_mail import KeptMail
from notifications.models.mark import Mark
from notifications.models.message import Channel, Message, State
from notifications.models.preference import Preference
from notifications.models.schedule import Schedule

__all__ = [
    "Attempt",
    "Bounce",
    "BounceReport",
    "Channel",
    "FailingAddress",
    "Incident",
    "IncidentNote",
    "KeptMail",
    "Mark",
    "Message",
    "Preference",
    "Schedule",
    "State",
]
