from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate  # noqa: TID251 (nothing else hears of it)
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = _("Referrals")

    def ready(self) -> None:
        pre_migrate.connect(_lift_row_policies, dispatch_uid="row policies lifted")
        post_migrate.connect(_install_row_policies, dispatch_uid="row policies installed")


def _lift_row_policies(sender: AppConfig, using: str, plan: object = None, **_about: Any) -> None:
    """Before the first table changes: PostgreSQL keeps every column that a policy names as it is."""
    from . import row_policies

    if plan and sender is next(iter(apps.get_app_configs())):
        row_policies.lift(connections[using])


def _install_row_policies(sender: AppConfig, using: str, **about: Any) -> None:
    """Once every table is there; not where tables were only emptied."""
    from . import row_policies

    if "plan" in about and sender is list(apps.get_app_configs())[-1]:
        row_policies.install(connections[using])
