import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0001_initial"),
    ]
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("ok", "Delivered"),
                            ("temporary", "Failed for now"),
                            ("permanent", "Refused for good"),
                            ("in_doubt", "Handed over, but no answer came"),
                        ],
                        max_length=10,
                    ),
                ),
                ("provider_id", models.CharField(blank=True, max_length=200)),
                ("answer", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="FailingAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("mended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gave_up", "Tried for about a day without success"),
                            ("refused", "The mail server refused the message for good"),
                            ("no_address", "The person has no usable e-mail address"),
                            ("account_closed", "The person's account is closed"),
                            ("in_doubt", "Nobody can say whether the mail arrived"),
                            ("bounced", "The mail came back"),
                            ("complaint", "The mail was reported as unwanted"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("opened_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("resolution", models.TextField(blank=True)),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mended", "Seen to"),
                            ("sent_again", "Sent again"),
                            ("skipped", "Left undelivered"),
                        ],
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncidentNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text", models.TextField()),
            ],
            options={
                "ordering": ("at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="KeptMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.BigIntegerField()),
                ("lease", models.CharField(db_index=True, max_length=100)),
                ("at", models.DateTimeField()),
                ("provider_id", models.CharField(max_length=200)),
                ("answer", models.CharField(max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effect_key", models.TextField(editable=False)),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("event", models.CharField(max_length=100)),
                (
                    "channel",
                    models.CharField(choices=[("inbox", "Inbox"), ("email", "E-mail")], max_length=10),
                ),
                ("about", models.CharField(blank=True, max_length=100)),
                ("link", models.CharField(max_length=500)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(blank=True)),
                ("context", models.JSONField(blank=True, default=dict)),
                ("language", models.CharField(max_length=10)),
                ("urgent", models.BooleanField(default=False)),
                ("mandatory", models.BooleanField(default=False)),
                ("letter", models.CharField(blank=True, db_default="", default="", max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "Waiting to be sent"),
                            ("LEASED", "Being sent"),
                            ("GATHERED", "Waiting for the summary"),
                            ("SENT", "Sent"),
                            ("BOUNCED", "Came back"),
                            ("FAILED", "Could not be delivered"),
                            ("SKIPPED", "Turned off by the person"),
                        ],
                        default="PENDING",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("send_after", models.DateTimeField()),
                ("put_off_until", models.DateTimeField(blank=True, null=True)),
                (
                    "next_try_at",
                    models.DateTimeField(
                        help_text="When a relay may take it; while it is leased, the lease's end."
                    ),
                ),
                ("leased_by", models.CharField(blank=True, max_length=100)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("in_doubt", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.CharField(blank=True, max_length=100)),
                (
                    "channel",
                    models.CharField(choices=[("inbox", "Inbox"), ("email", "E-mail")], max_length=10),
                ),
                ("enabled", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        choices=[
                            ("none", "Each message at once"),
                            ("daily", "One summary a day"),
                            ("weekly", "One summary a week"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(default=0)),
                ("hour", models.PositiveSmallIntegerField(default=8)),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
                ("time_zone", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="BounceReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("webhook", "Report of the mail provider"),
                            ("mailbox", "Mail in the mailbox for returned mail"),
                        ],
                        max_length=10,
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField()),
                ("entries", models.PositiveIntegerField()),
                ("matched", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("digest",), name="a_report_counts_once")],
            },
        ),
        migrations.CreateModel(
            name="Bounce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hard", "Came back for good"),
                            ("soft", "Came back after it was tried for some time"),
                            ("delayed", "Is late and is still being tried"),
                            ("complaint", "Was reported as unwanted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("status", models.CharField(blank=True, max_length=20)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bounces",
                        to="notifications.bouncereport",
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bouncereport",
            trigger=pgtrigger.compiler.Trigger(
                name="bounce_reports_are_only_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="71fedc1e367adbe8cb8dc7e96be05adbe7e8b0c4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_bounce_reports_are_only_added_5cc1d",
                    table="notifications_bouncereport",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="failingaddress",
            name="bounce",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notifications.bounce"
            ),
        ),
    ]
