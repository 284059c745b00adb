from .case import Case, CaseQuerySet, Kind
from .clock import Clock, Pause
from .deadline import Deadline
from .desk import Desk
from .policy import Policy
from .proposal import Proposal
from .step import Step
from .tolling import TollingWindow

__all__ = [
    "Case",
    "CaseQuerySet",
    "Clock",
    "Deadline",
    "Desk",
    "Kind",
    "Pause",
    "Policy",
    "Proposal",
    "Step",
    "TollingWindow",
]
