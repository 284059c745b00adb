"""What ``manage.py`` does around Django: the packages, the servers, and the commands of its own."""

from __future__ import annotations

import os
import sys

from config.local import bootstrap, browser, compiled
from config.local.trouble import Trouble, told

STARTS_MANY = {"demo", "test", "lint"}
"""The commands that start many processes of the project."""

OWNS = {
    "migrate", "makemigrations", "showmigrations", "sqlmigrate", "sqlflush", "flush", "dbshell", "inspectdb",
    "check", "seed_demo", "pgtrigger", "shell",
}  # fmt: skip
"""The commands that ask as the role that owns the tables: they make them, or look at the whole server."""


def group_for(command: str) -> str:
    """The lock file whose packages a command needs."""
    if command in {"lint", "sbom", "audit"} or (command == "test" and browser.usable()):
        return "ci"
    return "test" if command in {"test", "makemessages"} else "run"


def run(arguments: list[str]) -> int:
    """Carry out one command line, and return its exit code."""
    command = arguments[1] if len(arguments) > 1 else "help"
    with told():
        if os.name == "nt":
            raise Trouble(
                "This runs on Linux and macOS. On Windows, run it in the Windows Subsystem for Linux."
            )
        if command in STARTS_MANY:
            compiled.keep()
        if os.environ.get("REFERRAL_MANAGED") != "1":
            bootstrap.ensure(group_for(command))
        match command:
            case "demo":
                from config.local import demo

                return demo.main(arguments[2:])
            case "test":
                from config.local import testing

                return testing.main(arguments[2:])
            case "lint":
                from config.local import lint

                return lint.main()
            case "sbom":
                from config.local import sbom

                return sbom.main(arguments[2:])
            case "audit":
                from config.local import audit

                return audit.main()
        return django(arguments, command)


def django(arguments: list[str], command: str) -> int:
    """Any other command is Django's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.local import prepare, servers
    from recordsets import asking

    if command not in OWNS:
        asking.at_rest(asking.A_COMMAND)
    if command in prepare.UNDOES:
        prepare.forget(servers.home())
    with servers.for_command(command):
        execute_from_command_line(arguments)
    return 0


def main() -> None:
    sys.exit(run(sys.argv))
