"""The fact that every signature of a labor agency asks for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..machine import Fact

holds_a_delegation = Fact(
    "holds_a_delegation",
    _("You hold no delegation of signature for this agency on this day."),
    _("Ask an official who holds one, or have the delegation recorded."),
)
