from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from referrals import letters

LOCALE = Path(letters.__file__).parent / "locale"


@pytest.fixture(autouse=True, scope="package")
def _letters_speak_spanish() -> Iterator[None]:
    with override_settings(LOCALE_PATHS=[*settings.LOCALE_PATHS, LOCALE]):
        yield
