"""Forms in the markup of the U.S. Web Design System.

Set ``FORM_RENDERER = "referrals.forms.renderer.UswdsRenderer"`` and list ``django.forms`` after ``referrals``
in ``INSTALLED_APPS``. Then ``{{ form }}`` gives an error summary and the fields, and
``{{ form.name.as_field_group }}`` one field with its label, hint, audience and error.

A form field may carry ``visible_to``, a (lazy) text that says who will see the answer; it is shown under
the label and read out with the field.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = "1900-01-01", "2100-12-31"
DAY_FORMAT, INSTANT_FORMAT = "%Y-%m-%d", "%Y-%m-%dT%H:%M"

# The first class that fits wins, so a subclass stands before its parent.
WIDGET_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.MultipleHiddenInput, ""),
    (forms.CheckboxSelectMultiple, "usa-checkbox__input"),
    (forms.RadioSelect, "usa-radio__input"),
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.SelectMultiple, "usa-select height-auto"),
    (forms.Select, "usa-select"),
    (forms.Textarea, "usa-textarea"),
    (forms.FileInput, "app-file"),
    (Input, "usa-input"),
)
# What a limit says when it is passed, unless the field has words of its own.
LIMITS = {
    "max_length": _("Write at most %(limit_value)s characters. There are %(show_value)s now."),
    "min_value": _("Give a number that is greater than or equal to %(limit_value)s."),
    "max_value": _("Give a number that is less than or equal to %(limit_value)s."),
}
OUTLINED_ON_ERROR = ("usa-input", "usa-select", "usa-textarea")


def _widget_class(widget: forms.Widget) -> str:
    return next((name for kind, name in WIDGET_CLASSES if isinstance(widget, kind)), "")


def _is_iso_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class UswdsBoundField(forms.BoundField):
    """A field as the templates in ``forms/`` need it."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        for code, words in LIMITS.items():
            field.error_messages.setdefault(code, words)
        self._offer_date_picker()

    def _offer_date_picker(self) -> None:
        """Give dates the browser's own picker, in ISO whatever the language.

        A picker shows nothing for a value that is not a date, so an answer such as "present" is given back
        in a text box: what was typed must still be there. The widget is this form's own copy.
        """
        widget = self.field.widget
        if isinstance(widget, forms.DateInput):
            widget.format = DAY_FORMAT
            typed = self.data if self.form.is_bound else None
            if isinstance(typed, str) and typed and not _is_iso_day(typed):
                return
            widget.input_type = "date"
            widget.attrs.setdefault("min", EARLIEST)
            widget.attrs.setdefault("max", LATEST)
        elif isinstance(widget, forms.DateTimeInput) and not self.form.is_bound:
            widget.input_type = "datetime-local"
            widget.format = INSTANT_FORMAT

    @property
    def visible_to(self) -> str | Promise:
        """Who will see the answer, in words; empty when the form does not say."""
        return getattr(self.field, "visible_to", "")

    @property
    def counted_to(self) -> int | None:
        """The most characters a long text may have, when it has a limit."""
        if isinstance(self.field.widget, forms.Textarea):
            return getattr(self.field, "max_length", None)
        return None

    @property
    def is_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def error_target(self) -> str:
        """The id a link in the error summary jumps to: for a group of options, the first one."""
        return self.subwidgets[0].id_for_label if self.use_fieldset and self.subwidgets else self.id_for_label

    @property
    def aria_describedby(self) -> str | None:
        if own := self.field.widget.attrs.get("aria-describedby"):
            return str(own)
        if not self.auto_id or self.is_hidden:
            return None
        parts = {
            "helptext": self.help_text,
            "visible_to": self.visible_to,
            "limit": self.counted_to,
            "error": self.errors,
        }
        return " ".join(f"{self.auto_id}_{part}" for part, shown in parts.items() if shown) or None

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        names = [name for name in (widget.attrs.get("class"), _widget_class(widget)) if name]
        if self.errors and names and names[-1].split()[0] in OUTLINED_ON_ERROR:
            names.append("usa-input--error")
        if names:
            attrs["class"] = " ".join(names)
        # A placeholder disappears while one types; the label and the hint say it already.
        attrs["placeholder"] = False
        return attrs


class UswdsRenderer(TemplatesSetting):
    """Renders forms with the project's own templates."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    bound_field_class = UswdsBoundField
