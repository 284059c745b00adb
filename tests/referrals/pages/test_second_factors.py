"""A second factor is needed, set up, shown, and not taken away; its secrets are stored unreadable."""

from __future__ import annotations

import json
import re
import time
import uuid
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, format_hotp_value, hotp_value
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from referrals import factor_secrets, second_factors
from referrals.demo.cast import Cast
from referrals.demo.factors import secret_of
from referrals.models import User
from referrals.urls import urlpatterns
from tests import signing_in
from tests.referrals.pages.reading import Browse

PASSWORD = "a password for tests"
DUMMIES = {"str": "x", "slug": "x", "int": 1, "uuid": uuid.UUID(int=1), "path": "x"}
HOSTILE = ["", "{", "[]", "null", "1", '"x"', "{}", '{"id": 1}', '{"response": []}',
           '{"response": {"userHandle": 7}}',
           '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
           '{"id":"AA","rawId":"AA","type":"public-key","response":{"userHandle":"_w","clientDataJSON":"AA",'
           '"authenticatorData":"AA","signature":"AA"}}']  # fmt: skip


@pytest.fixture(autouse=True)
def _no_tries_before(db: None) -> None:
    cache.clear()


def without_factor(user: User) -> Client:
    Authenticator.objects.filter(user=user).delete()
    return signing_in.by_password_alone(user)


def addresses() -> dict[str, str]:
    """Every page by its name, with made-up references."""
    return {
        pattern.name: reverse(
            pattern.name,
            kwargs={
                name: DUMMIES[type(kind).__name__.removesuffix("Converter").lower().replace("string", "str")]
                for name, kind in pattern.pattern.converters.items()
            },
        )
        for pattern in urlpatterns
    }


def password_given(user: User) -> Client:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    return client


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("desk")).status_code == 200


class TestTheWall:
    def test_without_a_factor_every_page_leads_to_setting_one_up(self, cast: Cast) -> None:
        client, there = without_factor(cast.representative), reverse("mfa_index")
        opened = {
            name
            for name, address in addresses().items()
            if not client.get(address).headers.get("Location", "").startswith(f"{there}?next=")
        }
        # the last four are met only by strangers, or look for a session of their own
        allowed = second_factors.SETTING_UP | second_factors.ALWAYS_OPEN
        assert opened == {name for name in allowed if name in addresses()}

    def test_a_session_from_before_the_factor_has_to_show_it(self, cast: Cast) -> None:
        client, there = signing_in.by_password_alone(cast.representative), reverse("mfa_reauthenticate")
        opened = {
            name
            for name, address in addresses().items()
            if not client.get(address).headers.get("Location", "").startswith(f"{there}?next=")
        }
        assert opened == {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "session"}

    def test_it_opens_when_the_factor_was_shown(self, cast: Cast) -> None:
        client = signing_in.by_password_alone(cast.representative)
        code = {"code": signing_in.code_of(cast.representative), "next": "/"}
        assert client.post(reverse("mfa_reauthenticate"), code)["Location"] == "/"
        assert is_signed_in(client)

    @pytest.mark.parametrize(
        "who", ["river", "investigator", "approver", "signer", "intake", "adjudicator", "supervisor",
                "ice_reviewer", "ice_supervisor", "officer", "administrator"],
    )  # fmt: skip
    def test_staff_and_representatives_need_one(self, cast: Cast, who: str) -> None:
        assert not is_signed_in(without_factor(cast.people[who]))

    def test_an_organizer_does_not(self, cast: Cast) -> None:
        assert is_signed_in(without_factor(cast.organizer))

    def test_nobody_steps_around_it_by_another_capacity(self, cast: Cast) -> None:
        kept = cast.representative.memberships.get()
        cast.organizer.memberships.create(
            organization=kept.organization, office=kept.office, capacity=kept.capacity
        )
        assert not is_signed_in(without_factor(cast.organizer))

    def test_what_was_sent_is_held(self, cast: Cast) -> None:
        client = signing_in.by_password_alone(cast.representative)
        page = client.post(reverse("worker_new"), {"given_names": "What she typed"})
        assert page.status_code == 403
        assert "What she typed" in page.content.decode()


class TestSettingUp:
    def test_an_app(self, cast: Cast) -> None:
        client = without_factor(cast.representative)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        secret = client.session[SECRET_SESSION_KEY]
        assert "".join(re.findall(r'app-secret">([A-Z2-7 ]+)<', page)).replace(" ", "") == secret
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        answer = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert answer["Location"] == reverse("mfa_view_recovery_codes")
        assert is_signed_in(client)

    def test_a_wrong_code_sets_nothing_up(self, cast: Cast) -> None:
        client = without_factor(cast.representative)
        client.get(reverse("mfa_activate_totp"))
        page = client.post(reverse("mfa_activate_totp"), {"code": "000000x"})
        assert page.status_code == 200
        assert "usa-error-message" in page.content.decode()
        assert not Authenticator.objects.filter(user=cast.representative).exists()

    def test_recovery_codes_are_shown_once(self, cast: Cast, browse: Browse) -> None:
        client = browse(cast.representative)
        client.post(reverse("mfa_generate_recovery_codes"))
        first = codes_on(client.get(reverse("mfa_view_recovery_codes")))
        assert len(set(first)) == 10
        assert codes_on(client.get(reverse("mfa_view_recovery_codes"))) == []

    def test_another_sign_in_ends_when_a_factor_is_added(self, cast: Cast) -> None:
        elsewhere, client = without_factor(cast.representative), without_factor(cast.representative)
        client.get(reverse("mfa_activate_totp"))
        secret = client.session[SECRET_SESSION_KEY]
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        client.post(reverse("mfa_activate_totp"), {"code": code})
        assert elsewhere.get(reverse("mfa_index")).status_code == 302


def codes_on(page: Any) -> list[str]:
    return re.findall(r"<code>(\d{10})</code>", page.content.decode())


class TestSigningIn:
    def test_by_password_and_code(self, cast: Cast) -> None:
        client = password_given(cast.representative)
        assert client.get(reverse("desk")).status_code == 302
        client.post(reverse("mfa_authenticate"), {"code": signing_in.code_of(cast.representative)})
        assert is_signed_in(client)

    def test_a_wrong_code_does_not_sign_in(self, cast: Cast) -> None:
        client = password_given(cast.representative)
        page = client.post(reverse("mfa_authenticate"), {"code": signing_in.code_of(cast.river)})
        assert "wait for the next one" in page.content.decode()
        assert client.get(reverse("desk")).status_code == 302

    def test_a_code_works_once_even_without_a_cache(self, cast: Cast) -> None:
        code = {"code": signing_in.code_of(cast.representative)}
        first, second = password_given(cast.representative), password_given(cast.representative)
        first.post(reverse("mfa_authenticate"), code)
        cache.clear()
        second.post(reverse("mfa_authenticate"), code)
        assert (is_signed_in(first), is_signed_in(second)) == (True, False)

    def test_a_recovery_code_works_once(self, cast: Cast, browse: Browse) -> None:
        client = browse(cast.representative)
        client.post(reverse("mfa_generate_recovery_codes"))
        code = codes_on(client.get(reverse("mfa_view_recovery_codes")))[3]
        came = []
        for _time in range(2):
            visitor = password_given(cast.representative)
            visitor.post(reverse("mfa_authenticate"), {"code": code})
            came.append(is_signed_in(visitor))
        assert came == [True, False]

    @pytest.mark.parametrize("credential", HOSTILE)
    def test_a_made_up_passkey_signs_nobody_in(self, cast: Cast, credential: str) -> None:
        client = Client()
        client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
        assert answer.status_code == 302
        second = password_given(cast.representative)
        assert second.post(reverse("mfa_authenticate"), {"credential": credential}).status_code == 200
        assert (is_signed_in(client), is_signed_in(second)) == (False, False)

    @pytest.mark.parametrize("credential", HOSTILE)
    def test_a_made_up_passkey_is_not_added(self, cast: Cast, browse: Browse, credential: str) -> None:
        client = browse(cast.representative)
        client.get(reverse("mfa_add_webauthn"))
        page = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})
        assert page.status_code == 200
        assert not second_factors.passkeys_of(cast.representative).exists()


class TestRemoving:
    def test_the_last_one_stays_where_one_is_needed(self, cast: Cast, browse: Browse) -> None:
        client = browse(cast.representative)
        assert "only second factor" in client.get(reverse("mfa_deactivate_totp")).content.decode()
        assert client.post(reverse("mfa_deactivate_totp")).status_code == 409
        assert second_factors.app_of(cast.representative) is not None

    def test_one_of_two_goes(self, cast: Cast, browse: Browse) -> None:
        passkey = a_passkey(cast.representative)
        client = browse(cast.representative)
        assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
        assert second_factors.factors_of(cast.representative) == [passkey]
        assert client.post(reverse("mfa_remove_webauthn", args=[passkey.pk])).status_code == 409

    def test_who_needs_none_may_remove_it(self, cast: Cast, browse: Browse) -> None:
        client = browse(cast.organizer)
        assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
        assert second_factors.factors_of(cast.organizer) == []

    def test_somebody_elses_passkey_is_not_found(self, cast: Cast, browse: Browse) -> None:
        passkey = a_passkey(cast.river)
        address = reverse("mfa_remove_webauthn", args=[passkey.pk])
        assert browse(cast.representative).get(address).status_code == 404
        assert browse(cast.representative).post(address).status_code == 404

    def test_who_has_lost_all_of_them_begins_again(self, cast: Cast, browse: Browse) -> None:
        client = browse(cast.representative)
        call_command("reset_factors", cast.representative.email, stdout=StringIO())
        assert client.get("/").status_code == 302
        assert second_factors.factors_of(cast.representative) == []
        answer = Client().post(
            reverse("account_login"), {"login": cast.representative.email, "password": PASSWORD}, follow=True
        )
        assert answer.redirect_chain[-1][0].startswith(reverse("mfa_index"))
        with pytest.raises(CommandError):
            call_command("reset_factors", "nobody@example.org")


def a_passkey(user: User) -> Authenticator:
    data = {"name": "a key", "credential": {"id": "AA"}}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


class TestStoredSecrets:
    def test_no_secret_is_stored_readable(self, cast: Cast, browse: Browse) -> None:
        browse(cast.representative).post(reverse("mfa_generate_recovery_codes"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text FROM mfa_authenticator")
            stored = [row[0] for row in cursor.fetchall()]
        secrets = [secret_of(person.email) for person in cast.people.values()]
        assert not any(secret in text for secret in secrets for text in stored)
        codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
        seed = factor_secrets.decrypted(codes.data["seed"])
        assert len(seed) == 80
        assert seed not in json.dumps(codes.data)

    def test_what_was_tampered_with_is_refused(self) -> None:
        stored = factor_secrets.encrypted("a secret")
        turned = stored[:-6] + ("A" if stored[-6] != "A" else "B") + stored[-5:]
        with pytest.raises(InvalidToken):
            factor_secrets.decrypted(turned)

    def test_a_new_key_stands_before_the_old_one(self, settings: Any) -> None:
        settings.FACTOR_KEYS = ["old"]
        stored = factor_secrets.encrypted("a secret")
        settings.FACTOR_KEYS = ["new", "old"]
        assert factor_secrets.decrypted(stored) == "a secret"
        settings.FACTOR_KEYS = ["new"]
        with pytest.raises(InvalidToken):
            factor_secrets.decrypted(stored)


class TestTheDemonstration:
    def test_it_shows_the_code_and_says_what_it_is(self, cast: Cast, settings: Any) -> None:
        settings.DEMO = True
        page = password_given(cast.representative).get(reverse("mfa_authenticate")).content.decode()
        shown = re.search(r"data-demo-code.*?<code>(\d{6})</code>", page, re.DOTALL)
        assert shown
        assert shown[1] in {signing_in.code_of(cast.representative, at=each) for each in around_now()}
        assert "Demonstration" in page

    def test_nobody_else_is_shown_a_code(self, cast: Cast) -> None:
        client = password_given(cast.representative)
        page = client.get(reverse("mfa_authenticate")).content.decode()
        assert "data-demo-code" not in page
        assert not any(signing_in.code_of(cast.representative, at=each) in page for each in around_now())

    def test_nor_is_an_account_that_is_not_of_the_demonstration(self, cast: Cast, settings: Any) -> None:
        settings.DEMO = True
        cast.representative.email = "somebody@example.net"
        cast.representative.save()
        page = password_given(cast.representative).get(reverse("mfa_authenticate")).content.decode()
        assert "data-demo-code" not in page


def around_now() -> list[float]:
    now = time.time()
    return [now - 30, now]
