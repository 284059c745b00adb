from .delegations import Act, Delegation
from .dispositions import Disposition, DispositionItem, RetentionSurvey
from .documents import Document, side_of
from .evidence import Evidence
from .exports import Export
from .holds import RECORD_KEEPERS, LegalHold, WishToBeForgotten
from .keys import DataKey, KeyRotation
from .lookups import LookUp
from .matters import EmployerName, Matter, NameKind, Worksite
from .onboarding import Admission, Invitation
from .openings import Opening
from .operations import Heartbeat, Tally
from .organizations import Office, Organization
from .people import Membership, User
from .persons import KeyDestruction, Person, Representation, full_name
from .privacy_incidents import PrivacyIncident, PrivacyIncidentStep
from .relief import Grant, Renewal, WorkPermit
from .reviews import AccessReview, AccessReviewLine, AccountAct
from .sign_ins import SignIn
from .soi_requests import (
    Assessment,
    Question,
    Relief,
    RequestedName,
    RequestedSite,
    RequesterKind,
    SoiRequest,
)
from .statements import CoveredName, CoveredSite, ProgrammeOverride, Statement, StatementVersion
from .stays import Stay, StayReferral
from .trails import Access, AccessAlert, AccessHead, AccessLink, StatedPurpose, WatchedRecord
from .visibility import (
    find_all_visible,
    find_visible,
    machine_of,
    record_models,
    records_of,
    records_with,
    visible_cases,
)
from .worker_requests import AskedItem, Decision, PacketItem, Screening, WorkerRequest

__all__ = [
    "RECORD_KEEPERS",
    "Access",
    "AccessAlert",
    "AccessHead",
    "AccessLink",
    "AccessReview",
    "AccessReviewLine",
    "AccountAct",
    "Act",
    "Admission",
    "AskedItem",
    "Assessment",
    "CoveredName",
    "CoveredSite",
    "DataKey",
    "Decision",
    "Delegation",
    "Disposition",
    "DispositionItem",
    "Document",
    "EmployerName",
    "Evidence",
    "Export",
    "Grant",
    "Heartbeat",
    "Invitation",
    "KeyDestruction",
    "KeyRotation",
    "LegalHold",
    "LookUp",
    "Matter",
    "Membership",
    "NameKind",
    "Office",
    "Opening",
    "Organization",
    "PacketItem",
    "Person",
    "PrivacyIncident",
    "PrivacyIncidentStep",
    "ProgrammeOverride",
    "Question",
    "Relief",
    "Renewal",
    "Representation",
    "RequestedName",
    "RequestedSite",
    "RequesterKind",
    "RetentionSurvey",
    "Screening",
    "SignIn",
    "SoiRequest",
    "StatedPurpose",
    "Statement",
    "StatementVersion",
    "Stay",
    "StayReferral",
    "Tally",
    "User",
    "WatchedRecord",
    "WishToBeForgotten",
    "WorkPermit",
    "WorkerRequest",
    "Worksite",
    "find_all_visible",
    "find_visible",
    "full_name",
    "machine_of",
    "record_models",
    "records_of",
    "records_with",
    "side_of",
    "visible_cases",
]
