from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.crypto import salted_hmac

from .people import User

if TYPE_CHECKING:
    from ..session_store import SessionStore


class SignInQuerySet(models.QuerySet["SignIn"]):
    def visible_to(self, user: User) -> Self:
        """One's own, the one used last first; nobody sees another person's."""
        return self.filter(user=user).order_by("-seen_at", "session_key")

    def going_on(self, at: Any) -> Self:
        return self.filter(expire_date__gt=at)


class SignIn(AbstractBaseSession):
    """A session, with whose it is, so that it can be shown to them and ended by them."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sign_ins")
    begun_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=80, blank=True)

    objects = BaseSessionManager.from_queryset(SignInQuerySet)()  # type: ignore[misc]

    def __str__(self) -> str:
        return self.device

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        from ..session_store import SessionStore

        return SessionStore

    @property
    def handle(self) -> str:
        """What a page calls this session by; the key itself is as good as a password."""
        return salted_hmac("referrals.sign_in", self.session_key, algorithm="sha256").hexdigest()[:32]
