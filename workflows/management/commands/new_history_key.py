import secrets
from typing import Any

from django.core.management.base import BaseCommand

from workflows.signing import SigningKey


class Command(BaseCommand):
    help = "Draws a key for signing daily heads and exports, and prints it; nothing is kept."

    def handle(self, **options: Any) -> None:
        key = SigningKey(secrets.token_bytes(32))
        self.stdout.write(f"HISTORY_SIGNING_KEY={key.secret.hex()}")
        self.stdout.write("Keep the line above secret. Publish the line below, so that outsiders can check:")
        self.stdout.write(f"Public key {key.id}: {key.public.hex()}")
        self.stdout.write(
            "When you change the key, add the public key of the old one to HISTORY_PUBLIC_KEYS."
        )
