import django.contrib.postgres.fields
from django.db import migrations, models

import referrals.models.delegations
import referrals.models.fields
import referrals.personal_data


class Migration(migrations.Migration):
    replaces = [
        ("referrals", "0001_initial"),
    ]
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Español")], default="en", max_length=5
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AskedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "notice",
                    models.CharField(
                        choices=[("RFE", "Request for evidence"), ("ICE", "ICE request")], max_length=10
                    ),
                ),
                ("text", referrals.models.fields.PersonalTextField(blank=True)),
                ("legal_basis", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("answer", referrals.models.fields.PersonalTextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("witnesses", models.PositiveSmallIntegerField(default=0)),
                ("deterrence", models.PositiveSmallIntegerField(default=0)),
                ("retaliation", models.PositiveSmallIntegerField(default=0)),
                ("scope_of_harm", models.PositiveSmallIntegerField(default=0)),
                ("priority", models.PositiveSmallIntegerField(default=0)),
                (
                    "notes",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                ("cooperation_needed_now", models.BooleanField(default=False)),
                ("counsel_consulted", models.BooleanField(default=False)),
                ("no_conflict_of_interest", models.BooleanField(default=False)),
                ("assessed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CoveredName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=200, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("LEGAL", "Legal name"),
                            ("DBA", "Trade name (DBA)"),
                            ("PAYSTUB", "As on paystubs"),
                            ("STAFFING", "Staffing agency"),
                            ("CONTRACTOR", "Contractor"),
                            ("JOINT", "Joint or related employer"),
                            ("SUCCESSOR", "Predecessor or successor"),
                            ("UNKNOWN", "Not known"),
                        ],
                        default="UNKNOWN",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CoveredSite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, max_length=200, validators=[referrals.personal_data.no_personal_data]
                    ),
                ),
                (
                    "street",
                    models.CharField(
                        blank=True, max_length=200, validators=[referrals.personal_data.no_personal_data]
                    ),
                ),
                (
                    "city",
                    models.CharField(
                        blank=True, max_length=100, validators=[referrals.personal_data.no_personal_data]
                    ),
                ),
                ("state", models.CharField(blank=True, max_length=2)),
                ("zip_code", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outcome", models.CharField(choices=[("GRANT", "Grant"), ("DENY", "Deny")], max_length=6)),
                ("favorable", referrals.models.fields.PersonalTextField(blank=True)),
                ("adverse", referrals.models.fields.PersonalTextField(blank=True)),
                ("rationale", referrals.models.fields.PersonalTextField(blank=True)),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("authority", models.CharField(max_length=200)),
                (
                    "acts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("STATEMENT", "Statements of interest"),
                                ("STAY_SUPPORT", "Letters in support of a stay"),
                            ],
                            max_length=20,
                        ),
                        default=referrals.models.delegations.every_act,
                        size=None,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_because", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("-starts_on", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("language", models.CharField(default="en", max_length=5)),
                ("media_type", models.CharField(default="application/pdf", max_length=80)),
                ("sides", models.JSONField(default=list)),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField(blank=True, null=True)),
                ("pages", models.PositiveIntegerField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-made_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="EmployerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=200, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("LEGAL", "Legal name"),
                            ("DBA", "Trade name (DBA)"),
                            ("PAYSTUB", "As on paystubs"),
                            ("STAFFING", "Staffing agency"),
                            ("CONTRACTOR", "Contractor"),
                            ("JOINT", "Joint or related employer"),
                            ("SUCCESSOR", "Predecessor or successor"),
                            ("UNKNOWN", "Not known"),
                        ],
                        default="UNKNOWN",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Evidence",
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
                            ("W2", "Form W-2"),
                            ("PAYSTUB", "Paystub"),
                            ("TIMECARD", "Time card"),
                            ("BANK", "Bank or app payments"),
                            ("BADGE", "Badge or uniform"),
                            ("MESSAGES", "Messages about work"),
                            ("DECLARATION", "Declaration of a co-worker"),
                            ("OTHER", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("employer", models.CharField(blank=True, max_length=200)),
                ("covers_from", models.DateField()),
                ("covers_to", models.DateField()),
                ("note", referrals.models.fields.PersonalTextField(blank=True)),
                ("handed_over_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ("covers_from", "pk"),
            },
        ),
    ]
