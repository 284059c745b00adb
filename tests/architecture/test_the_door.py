"""Past the row policies goes only what stores in one piece, and what stands here with its reason."""

from __future__ import annotations

import ast

from tests.architecture import sources

GO_THROUGH = {
    "config/celery.py": "workers and the beat",
    "config/health.py": "figures of the whole system, without a row of anybody's",
    "config/local/commands.py": "commands",
    "recordsets/asking.py": "the door itself",
    "recordsets/collisions.py": "what is stored in one piece",
    "referrals/announcements.py": "who would be told, as the step itself will find out",
    "referrals/middleware.py": "the trail of reads",
    "referrals/services/due_records.py": "how much would be due under another rule",
    "referrals/services/holds.py": "whether a hold covers a worker",
    "referrals/services/invitations.py": "an invitation is taken up before anybody is signed in",
    "referrals/readings.py": "how many files wait",
    "referrals/services/policy_changes.py": "what a rule would do to everybody's cases",
    "referrals/services/request_drafts.py": "whoever holds a letter may have its statement",
    "referrals/services/statements.py": "how many requests rest on a statement, and no name",
    "referrals/statement_numbers.py": "how many requests, and no name",
    "referrals/trail_pages.py": "whether there is such a worker, for those who oversee the trail",
    "referrals/verification.py": "whoever holds a letter may ask whether it is real",
    "referrals/views/openings.py": "one record that was opened in an emergency",
    "referrals/views/overrides.py": "how many requests, and no name",
    "referrals/views/retention.py": "record keepers look over everything, by token and reference",
    "workflows/doorway.py": "a step decides on more than its taker may read",
    "workflows/page_options.py": "and so does whether it is open",
}


WAYS = {"through_the_door", "THE_DOOR", "A_COMMAND", "OWNER"}


def goes_past(node: ast.AST) -> bool:
    """By the function's own name, or by a word of ``recordsets.asking``."""
    if isinstance(node, ast.Attribute):
        return getattr(node.value, "id", "") == "asking" and node.attr in WAYS
    return isinstance(node, ast.Name) and node.id in WAYS


def test_nobody_else_goes_past_the_policies() -> None:
    found = {
        sources.where(path) for path in sources.product() if any(map(goes_past, ast.walk(sources.tree(path))))
    }
    assert found == set(GO_THROUGH)
