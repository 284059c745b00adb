from django.db import migrations


class Migration(migrations.Migration):
    """Names what the first migrations replace: a database that has only some of that is refused with a reason.

    Without it such a database would pass for one that needs nothing.
    """

    dependencies = [
        ("referrals", "0008_zones_are_those_of_desks"),
        ("workflows", "0010_version_changes"),
        ("notifications", "0003_marks"),
    ]

    operations: list[migrations.operations.base.Operation] = []
