from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows import definitions
from workflows.checks import machine_models
from workflows.definitions import freezing


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # an unsound machine is reported by check_machines
    help = (
        "Writes the definition of each machine's version into the package, so that cases and histories of "
        "that version can always be judged by it. Words are brought up to date; what binds a case is not "
        "changed in a version that is already frozen."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when one is missing")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="write a changed machine over its frozen version: only while no case began under it",
        )

    def handle(self, *, check: bool, replace: bool, **_options: Any) -> None:
        refused: list[str] = []
        for model in machine_models():
            problems = freezing.unfrozen(model)
            frozen = model.machine.version in definitions.versions(str(model.machine.kind))
            if problems and (check or (frozen and not replace)):
                refused.extend(f"{model.machine.kind}: {problem}" for problem in problems)
            elif not check:
                path = freezing.write(model)
                self.stdout.write(f"{path.name}: {'written anew' if frozen else 'frozen'}")
        definitions.forget()
        for problem in refused:
            self.stderr.write(problem)
        if refused:
            raise CommandError(
                "Give a machine that changed the next version number, and freeze that. "
                "If no case began under the frozen one yet: freeze_machines --replace"
            )
        if check:
            self.stdout.write("Every machine is frozen as it is.")
