from .absence import Absence
from .case import Case, CaseQuerySet, Kind
from .clock import Clock, Pause
from .daily_head import CaseHead, CaseSalt, DailyHead
from .deadline import Deadline
from .desk import Desk
from .policy import Policy
from .policy_change import PolicyChange, PolicyCheck
from .proposal import Proposal
from .stamp import RulesStamp
from .step import Step
from .tolling import TollingWindow
from .wording import Redaction, RedactionRequest, Wording

__all__ = [
    "Absence",
    "Case",
    "CaseHead",
    "CaseQuerySet",
    "CaseSalt",
    "Clock",
    "DailyHead",
    "Deadline",
    "Desk",
    "Kind",
    "Pause",
    "Policy",
    "PolicyChange",
    "PolicyCheck",
    "Proposal",
    "Redaction",
    "RedactionRequest",
    "RulesStamp",
    "Step",
    "TollingWindow",
    "Wording",
]
