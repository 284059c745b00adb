"""Is this worker covered by this statement? A comparison of a claim with a statement's scope, in words.

DHS asks each worker for proof of falling within the scope that the labor agency's statement identifies:
the employer, the place, the period of employment and the kind of worker (USCIS frequent questions on deferred
action for workers in labor disputes, 2023). The answer is one of four: in, likely, out, or ask the agency.
It is advice to people; nobody's request is decided by it.
"""

from referrals.scope.changes import Change, compare, left_out
from referrals.scope.checking import check
from referrals.scope.terms import (
    Claim,
    Dimension,
    EvidencePeriod,
    Part,
    Result,
    Scope,
    ScopeName,
    ScopeSite,
    Verdict,
)

__all__ = [
    "Change",
    "Claim",
    "Dimension",
    "EvidencePeriod",
    "Part",
    "Result",
    "Scope",
    "ScopeName",
    "ScopeSite",
    "Verdict",
    "check",
    "compare",
    "left_out",
]
