from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.checks import Examined, examine


class Command(BaseCommand):
    help = "Checks every machine: states, exits, owners, clocks, steps, facts and texts in every language."
    requires_system_checks: list[str] = []  # an unsound machine is what this command reports

    def handle(self, **_options: Any) -> None:
        found = examine()
        for machine in found:
            self.stdout.write(_line(machine))
        problems = [f"{machine.kind}: {problem}" for machine in found for problem in machine.problems]
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems in {len(found)} machines.")
        self.stdout.write(
            f"All {len(found)} machines are sound, frozen as they are, and speak every language."
        )


def _line(machine: Examined) -> str:
    checked = (
        f"{machine.kind}: {machine.states} states, {machine.steps} steps, {machine.clocks} clocks, "
        f"{machine.facts} facts, {machine.texts} texts checked: "
    )
    if not machine.problems:
        return checked + "sound"
    found = f"{len(machine.unsound)} defects, {len(machine.untranslated)} texts not translated"
    return checked + found + (", not as it is frozen" if machine.unfrozen else "")
