"""What must hold before the steps of a worker's request."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..machine import Fact

packet_is_complete = Fact(
    "packet_is_complete",
    _("The packet checklist still has missing or defective required items."),
    _("Open the packet and complete what the checklist marks."),
)
scope_is_checked = Fact(
    "scope_is_checked",
    _("It is not shown that the worker is in the scope of the statement."),
    _("Run the scope check. If it says out or ask, attach the agency's answer."),
)
worker_was_counselled = Fact(
    "worker_was_counselled",
    _("The talk about the risks of filing is not recorded."),
    _("Record when and in which language the worker was counselled."),
)
worker_consents = Fact(
    "worker_consents",
    _("The worker's consent to filing and sharing is not recorded, or was withdrawn."),
    _("Record the worker's consent."),
)
programme_takes_it = Fact(
    "programme_takes_it",
    _("The programme takes no new requests now."),
    _("What is already filed, granted or renewable goes on. A programme officer can record an override."),
)
statement_is_in_force = Fact(
    "statement_is_in_force",
    _("The statement of interest is not in force."),
    _("Ask the agency for an updated statement."),
)
edition_is_accepted = Fact(
    "edition_is_accepted",
    _("A form's edition is not accepted today, or its pages are of different editions."),
    _("Print the current edition, every page of it, and have it signed again."),
)
renewal_rests_on_a_grant = Fact(
    "renewal_rests_on_a_grant",
    _("A request to extend or renew needs an earlier grant, and the rule for it in force today."),
    _("Check the earlier grant and its dates."),
)
routing_is_answered = Fact(
    "routing_is_answered", _("The routing questions are not answered."), _("Answer all of them first.")
)
belongs_to_uscis = Fact(
    "belongs_to_uscis",
    _("The worker is in removal proceedings or has a final order: ICE decides."),
    _("Forward the request to ICE."),
)
belongs_to_ice = Fact(
    "belongs_to_ice",
    _("The answers show neither removal proceedings nor a final order: USCIS decides."),
    _("Route the request to USCIS, or correct the answers."),
)
has_a_field_office = Fact(
    "has_a_field_office",
    _("No ICE field office is chosen."),
    _("Choose the field office in the routing answers."),
)
asks_for_something = Fact(
    "asks_for_something", _("No item is asked for."), _("List at least one item, each with its reason.")
)
answers_every_item = Fact(
    "answers_every_item",
    _("Not every item has an answer."),
    _("Answer every item: attach a document, or say why there is none."),
)
answers_the_notice = Fact(
    "answers_the_notice", _("There is no answer to the notice yet."), _("Write the answer or attach it.")
)
rfe_time_is_over = Fact(
    "rfe_time_is_over", _("The time to answer is not over."), _("Wait until the due date has passed.")
)
noid_time_is_over = Fact(
    "noid_time_is_over", _("The time to answer is not over."), _("Wait until the due date has passed.")
)
has_a_decision = Fact(
    "has_a_decision",
    _("The grounds of the decision are not written."),
    _("Write the decision with its factors first."),
)
