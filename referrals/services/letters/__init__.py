"""Issues the letter that belongs to a step and keeps it beside its case."""

from .issuing import issue_for
from .showing import draft_statement_pdf, preview_pdf
from .statement_side import statement_letter
from .templates import template_of

__all__ = ["draft_statement_pdf", "issue_for", "preview_pdf", "statement_letter", "template_of"]
