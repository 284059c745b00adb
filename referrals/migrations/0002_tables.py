import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import referrals.models.fields
import referrals.personal_data
import workflows.machines.statement_endings
import workflows.machines.worker_request_ice
import workflows.machines.worker_request_uscis


class Migration(migrations.Migration):
    replaces = [
        ("referrals", "0002_initial"),
        ("referrals", "0003_dhs"),
        ("referrals", "0004_signs_of_life"),
        ("referrals", "0005_evidence_scans"),
        ("referrals", "0006_delegations_and_standing_still"),
        ("referrals", "0007_nightly_walks"),
        ("referrals", "0008_zones_are_those_of_desks"),
    ]
    initial = True

    dependencies = [
        ("referrals", "0001_people"),
        ("workflows", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Matter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_number", models.CharField(max_length=80)),
                ("record_id", models.CharField(blank=True, max_length=80)),
                ("program", models.CharField(blank=True, max_length=200)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("COMPLAINT", "Complaint"),
                            ("INSPECTION", "Inspection"),
                            ("INVESTIGATION", "Investigation"),
                            ("LITIGATION", "Litigation"),
                            ("COMPLIANCE", "Compliance or monitoring"),
                            ("CONCLUDED", "Concluded"),
                        ],
                        default="INVESTIGATION",
                        max_length=14,
                    ),
                ),
                ("statutes", models.TextField(blank=True)),
                ("naics", models.CharField(blank=True, max_length=6)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("source_status", models.CharField(blank=True, max_length=80)),
                ("maybe_an_individual", models.BooleanField(default=False)),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ("-opened_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("AGENCY", "Labor agency"),
                            ("DHS", "Department of Homeland Security"),
                            ("ADVOCATE", "Workers' organization or legal office"),
                            ("PLATFORM", "Operator of this system"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("FEDERAL", "Federal"), ("STATE", "State"), ("LOCAL", "Local")],
                        max_length=8,
                    ),
                ),
                ("state", models.CharField(blank=True, max_length=2)),
                ("authority", models.TextField(blank=True, help_text="Statutes that the agency enforces.")),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.AddField(
            model_name="assessment",
            name="assessed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations_given",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="official",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="recorded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="revoked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="workflows.case"
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="scan",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="referrals.document",
            ),
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("sweep", "Firing due dates"),
                            ("relay", "Delivering messages"),
                            ("beat", "Timetable (beat)"),
                            ("worker", "Worker"),
                            ("loop", "Engine by hand (run_engine)"),
                            ("verify", "Verifying histories"),
                            ("replay", "Replaying histories"),
                        ],
                        max_length=20,
                    ),
                ),
                ("host", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("detail", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ("name", "-at"),
                "constraints": [
                    models.UniqueConstraint(fields=("name", "host"), name="one_heartbeat_of_a_part_on_a_host")
                ],
            },
        ),
        migrations.AddField(
            model_name="employername",
            name="matter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="names", to="referrals.matter"
            ),
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("address", models.TextField(blank=True)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("field_office", models.BooleanField(default=False)),
                (
                    "desk",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="office",
                        to="workflows.desk",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="referrals.organization",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.AddField(
            model_name="delegation",
            name="office",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations",
                to="referrals.office",
            ),
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "capacity",
                    models.CharField(
                        choices=[
                            ("ORGANIZER", "Organizer"),
                            ("REPRESENTATIVE", "Representative"),
                            ("AGENCY_STAFF", "Labor-agency staff"),
                            ("AGENCY_APPROVER", "Labor-agency approver"),
                            ("AGENCY_SIGNER", "Labor-agency signing official"),
                            ("DHS_INTAKE", "DHS intake"),
                            ("USCIS_ADJUDICATOR", "USCIS adjudicator"),
                            ("USCIS_SUPERVISOR", "USCIS supervisor"),
                            ("ICE_REVIEWER", "ICE reviewer"),
                            ("ICE_SUPERVISOR", "ICE supervisor"),
                            ("PROGRAMME_OFFICER", "DHS programme officer"),
                            ("ADMINISTRATOR", "System administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                ("since_on", models.DateField(auto_now_add=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="referrals.office",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="referrals.organization",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.AddField(
            model_name="matter",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matters",
                to="referrals.organization",
            ),
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="%(class)s_record",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("starts_on", models.DateField(editable=False)),
                ("ends_on", models.DateField(editable=False)),
                ("notice_served_on", models.DateField(blank=True, editable=False, null=True)),
                ("notice_served_by", models.CharField(blank=True, editable=False, max_length=12)),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("decider", models.CharField(choices=[("USCIS", "USCIS"), ("ICE", "ICE")], max_length=6)),
                ("months", models.PositiveSmallIntegerField()),
                ("termination_authority", models.CharField(blank=True, max_length=300)),
                ("termination_reason", referrals.models.fields.PersonalTextField(blank=True)),
                ("termination_requested_by", models.CharField(blank=True, max_length=200)),
                (
                    "decider_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "representative_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "ice_office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.office",
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="referrals.organization",
                    ),
                ),
            ],
            bases=("workflows.case",),
        ),
        migrations.AddField(
            model_name="delegation",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations",
                to="referrals.organization",
            ),
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(editable=False, max_length=20, unique=True)),
                (
                    "given_names",
                    referrals.models.fields.PersonalTextField(blank=True, verbose_name="Given names"),
                ),
                (
                    "family_names",
                    referrals.models.fields.PersonalTextField(blank=True, verbose_name="Family names"),
                ),
                (
                    "other_names",
                    referrals.models.fields.PersonalTextField(
                        blank=True, verbose_name="All other names used"
                    ),
                ),
                (
                    "born_on",
                    referrals.models.fields.PersonalDateField(
                        blank=True, null=True, verbose_name="Date of birth"
                    ),
                ),
                (
                    "birth_city",
                    referrals.models.fields.PersonalTextField(blank=True, verbose_name="City of birth"),
                ),
                (
                    "birth_country",
                    referrals.models.fields.PersonalTextField(blank=True, verbose_name="Country of birth"),
                ),
                (
                    "nationality",
                    referrals.models.fields.PersonalTextField(blank=True, verbose_name="Nationality"),
                ),
                ("a_number", referrals.models.fields.PersonalTextField(blank=True, verbose_name="A-number")),
                (
                    "mailing_address",
                    referrals.models.fields.PersonalTextField(blank=True, verbose_name="Mailing address"),
                ),
                (
                    "safe_address",
                    referrals.models.fields.PersonalTextField(
                        blank=True, verbose_name="Safe address for the card"
                    ),
                ),
                ("phone", referrals.models.fields.PersonalTextField(blank=True, verbose_name="Phone")),
                (
                    "safe_contact",
                    referrals.models.fields.PersonalTextField(
                        blank=True, verbose_name="How to reach the worker safely"
                    ),
                ),
                ("language", models.CharField(default="es", max_length=20, verbose_name="Language")),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Representation",
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
                            ("ATTORNEY", "Attorney (G-28)"),
                            ("ACCREDITED", "DOJ-accredited representative (G-28)"),
                        ],
                        default="ATTORNEY",
                        max_length=10,
                    ),
                ),
                ("since_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representations",
                        to="referrals.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representations",
                        to="referrals.person",
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SoiRequest",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="%(class)s_record",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("submitted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("recheck_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "requester_kind",
                    models.CharField(
                        choices=[
                            ("worker", "Worker"),
                            ("worker_representative", "Worker's representative"),
                            ("attorney", "Attorney"),
                            ("accredited_representative", "Accredited representative"),
                            ("organization", "Workers' organization"),
                            ("union", "Union"),
                        ],
                        default="organization",
                        max_length=30,
                    ),
                ),
                (
                    "on_behalf_of",
                    models.CharField(
                        choices=[
                            ("INDIVIDUAL", "One worker"),
                            ("GROUP", "A group of workers"),
                            ("ALL", "All workers of the site"),
                        ],
                        default="ALL",
                        max_length=10,
                    ),
                ),
                ("workers_affected", models.PositiveIntegerField(blank=True, null=True)),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("contact_phone", models.CharField(blank=True, max_length=40)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                (
                    "industry",
                    models.CharField(
                        blank=True, max_length=200, validators=[referrals.personal_data.no_personal_data]
                    ),
                ),
                ("period_from", models.DateField(blank=True, null=True)),
                ("period_to", models.DateField(blank=True, null=True)),
                ("to_present", models.BooleanField(default=True)),
                (
                    "roles",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "dispute",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                ("laws", models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data])),
                (
                    "case_number",
                    models.CharField(
                        blank=True, max_length=80, validators=[referrals.personal_data.no_personal_data]
                    ),
                ),
                (
                    "other_agencies",
                    models.CharField(
                        blank=True, max_length=300, validators=[referrals.personal_data.no_personal_data]
                    ),
                ),
                (
                    "retaliation",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                ("fear", models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data])),
                (
                    "cooperation",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                ("urgent", models.BooleanField(default=False)),
                (
                    "urgent_reason",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                ("relief", models.JSONField(blank=True, default=list)),
                ("certifies_no_names", models.BooleanField(default=False)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received_soi_requests",
                        to="referrals.organization",
                    ),
                ),
                (
                    "agency_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="soi_requests",
                        to="referrals.matter",
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="soi_requests",
                        to="referrals.organization",
                    ),
                ),
                (
                    "requester_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "shared_with",
                    models.ManyToManyField(
                        blank=True, related_name="shared_soi_requests", to="referrals.organization"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
            bases=("workflows.case",),
        ),
        migrations.CreateModel(
            name="RequestedSite",
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
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sites",
                        to="referrals.soirequest",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RequestedName",
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
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="referrals.soirequest",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(validators=[referrals.personal_data.no_personal_data])),
                ("asked_at", models.DateTimeField()),
                (
                    "answer",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="referrals.soirequest",
                    ),
                ),
            ],
            options={
                "ordering": ("asked_at", "pk"),
            },
        ),
        migrations.AddField(
            model_name="assessment",
            name="request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessment",
                to="referrals.soirequest",
            ),
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="%(class)s_record",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("working_version", models.PositiveSmallIntegerField(default=1, editable=False)),
                ("version_in_force", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("signed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("transmitted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("received_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("review_by", models.DateField(blank=True, editable=False, null=True)),
                ("withdrawal_on", models.DateField(blank=True, editable=False, null=True)),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="referrals.organization",
                    ),
                ),
                (
                    "agency_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "intake_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="referrals.matter",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="referrals.office",
                    ),
                ),
                (
                    "shared_with",
                    models.ManyToManyField(
                        blank=True, related_name="shared_statements", to="referrals.organization"
                    ),
                ),
                (
                    "soi_request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="referrals.soirequest",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
            bases=(workflows.machines.statement_endings.StatementEndings, "workflows.case"),
        ),
        migrations.CreateModel(
            name="ProgrammeOverride",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("authority", models.CharField(max_length=300, verbose_name="Authority")),
                (
                    "reason",
                    models.TextField(
                        validators=[referrals.personal_data.no_personal_data], verbose_name="Reason"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="referrals.statement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatementVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "authority",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "matter_stage",
                    models.CharField(
                        blank=True, max_length=200, validators=[referrals.personal_data.no_personal_data]
                    ),
                ),
                ("period_from", models.DateField(blank=True, null=True)),
                ("period_to", models.DateField(blank=True, null=True)),
                ("to_present", models.BooleanField(default=True)),
                ("all_sites", models.BooleanField(default=False)),
                ("current_workers", models.BooleanField(default=True)),
                ("former_workers", models.BooleanField(default=True)),
                (
                    "worker_class",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "job_classes",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "excluded_classes",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "violations",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "cooperation",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "retaliation",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "supports",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                ("relief", models.JSONField(blank=True, default=list)),
                ("proposed_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("contact_title", models.CharField(blank=True, max_length=200)),
                ("contact_phone", models.CharField(blank=True, max_length=40)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                ("review_by", models.DateField(blank=True, null=True)),
                ("signed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("fingerprint", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "amended_because",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                (
                    "delegation",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.delegation",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="referrals.statement",
                    ),
                ),
            ],
            options={
                "ordering": ("statement", "number"),
            },
        ),
        migrations.AddField(
            model_name="coveredsite",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sites",
                to="referrals.statementversion",
            ),
        ),
        migrations.AddField(
            model_name="coveredname",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="names",
                to="referrals.statementversion",
            ),
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="%(class)s_record",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("appointment_on", models.DateField(blank=True, editable=False, null=True)),
                ("removal_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("filed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("bond_due_on", models.DateField(blank=True, editable=False, null=True)),
                ("starts_on", models.DateField(blank=True, editable=False, null=True)),
                ("ends_on", models.DateField(blank=True, editable=False, null=True)),
                ("detained", models.BooleanField(default=False, verbose_name="Detained now")),
                (
                    "detained_at",
                    referrals.models.fields.PersonalTextField(blank=True, verbose_name="Where detained"),
                ),
                (
                    "final_order",
                    models.BooleanField(default=False, verbose_name="There is a final order of removal"),
                ),
                ("order_on", models.DateField(blank=True, null=True, verbose_name="Date of the order")),
                (
                    "reasons",
                    referrals.models.fields.PersonalTextField(
                        blank=True, verbose_name="Why a stay is asked for"
                    ),
                ),
                (
                    "months_asked",
                    models.PositiveSmallIntegerField(default=12, verbose_name="Months asked for"),
                ),
                (
                    "identity_papers",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("A", "Original passport, valid six months past the period asked"),
                            ("B", "Copy of the passport and a birth certificate or other identification"),
                            ("C", "Proof that a passport was applied for"),
                        ],
                        max_length=1,
                    ),
                ),
                ("fee_ready", models.BooleanField(default=False, verbose_name="The fee is ready")),
                ("form_signed", models.BooleanField(default=False, verbose_name="Form I-246 is signed")),
                ("medical", models.BooleanField(default=False, verbose_name="Medical reasons are given")),
                (
                    "medical_papers",
                    models.BooleanField(default=False, verbose_name="Medical documents are attached"),
                ),
                ("attorney_phone", models.CharField(blank=True, max_length=40)),
                ("consented_on", models.DateField(blank=True, null=True)),
                ("consent_withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("conditions", models.TextField(blank=True, verbose_name="Conditions of supervision")),
                ("bond_amount", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "ice_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "ice_office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="referrals.office",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="referrals.person",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="referrals.organization",
                    ),
                ),
                (
                    "representative_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="referrals.statement",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
            bases=("workflows.case",),
        ),
        migrations.CreateModel(
            name="StayReferral",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="%(class)s_record",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("sent_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("consent_signed_on", models.DateField()),
                ("consent_withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TESTIMONY", "Needed to testify (8 USC 1231(c)(2)(A)(ii))"),
                            (
                                "NOT_PRACTICABLE",
                                "Removal is not practicable or proper (8 USC 1231(c)(2)(A)(i))",
                            ),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "presence_needed",
                    models.TextField(blank=True, validators=[referrals.personal_data.no_personal_data]),
                ),
                ("months_asked", models.PositiveSmallIntegerField(default=12)),
                ("contact_phone", models.CharField(blank=True, max_length=40)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stay_referrals",
                        to="referrals.organization",
                    ),
                ),
                (
                    "agency_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "ice_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stay_referrals",
                        to="referrals.matter",
                    ),
                ),
                (
                    "stay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="referrals.stay",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
            bases=("workflows.case",),
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(choices=[("refused", "Steps refused")], max_length=20)),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=60)),
                ("number", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "tallies",
                "ordering": ("what", "kind", "code"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("what", "kind", "code"), name="one_tally_of_a_kind_and_code"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkerRequest",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="%(class)s_record",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("signed_on", models.DateField(blank=True, editable=False, null=True)),
                ("filed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("accepted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("track", models.CharField(blank=True, editable=False, max_length=8)),
                ("biometrics_on", models.DateField(blank=True, editable=False, null=True)),
                ("rfe_served_on", models.DateField(blank=True, editable=False, null=True)),
                ("rfe_served_by", models.CharField(blank=True, editable=False, max_length=12)),
                ("noid_served_on", models.DateField(blank=True, editable=False, null=True)),
                ("noid_served_by", models.CharField(blank=True, editable=False, max_length=12)),
                ("ice_info_served_on", models.DateField(blank=True, editable=False, null=True)),
                ("ice_info_served_by", models.CharField(blank=True, editable=False, max_length=12)),
                ("removal_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("held_from", models.CharField(blank=True, editable=False, max_length=40)),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "filing",
                    models.CharField(
                        choices=[
                            ("INITIAL", "Initial request"),
                            ("EXTENSION", "Labor DA extension (two years to four)"),
                            ("SUBSEQUENT", "Subsequent request (renewal)"),
                        ],
                        default="INITIAL",
                        max_length=10,
                    ),
                ),
                (
                    "employer_on_stub",
                    models.CharField(blank=True, max_length=200, verbose_name="Employer as on the paystub"),
                ),
                (
                    "site_street",
                    models.CharField(blank=True, max_length=200, verbose_name="Street of the worksite"),
                ),
                (
                    "site_city",
                    models.CharField(blank=True, max_length=100, verbose_name="City of the worksite"),
                ),
                (
                    "site_state",
                    models.CharField(blank=True, max_length=2, verbose_name="State of the worksite"),
                ),
                (
                    "site_zip",
                    models.CharField(blank=True, max_length=10, verbose_name="ZIP code of the worksite"),
                ),
                ("worked_from", models.DateField(blank=True, null=True, verbose_name="Worked from")),
                ("worked_to", models.DateField(blank=True, null=True, verbose_name="Worked until")),
                ("works_still", models.BooleanField(default=False, verbose_name="Still works there")),
                ("job", models.CharField(blank=True, max_length=200, verbose_name="Job")),
                ("scope_result", models.CharField(blank=True, editable=False, max_length=8)),
                ("scope_checked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("scope_version", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("scope_answer", models.TextField(blank=True)),
                (
                    "form_edition",
                    models.CharField(blank=True, max_length=10, verbose_name="Edition of Form G-325A"),
                ),
                (
                    "editions_mixed",
                    models.BooleanField(default=False, verbose_name="Pages of different editions"),
                ),
                ("asks_permit", models.BooleanField(default=True, verbose_name="Asks for a work permit")),
                ("counselled_on", models.DateField(blank=True, null=True)),
                ("counselled_in", models.CharField(blank=True, max_length=20)),
                ("consented_on", models.DateField(blank=True, null=True)),
                ("consent_withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("in_proceedings", models.BooleanField(blank=True, null=True)),
                ("final_order", models.BooleanField(blank=True, null=True)),
                ("reinstated_order", models.BooleanField(blank=True, null=True)),
                ("voluntary_departure", models.BooleanField(blank=True, null=True)),
                ("detained", models.BooleanField(blank=True, null=True)),
                ("prior_ice_contact", models.BooleanField(blank=True, null=True)),
                (
                    "receipt_number",
                    referrals.models.fields.PersonalTextField(blank=True, verbose_name="Receipt number"),
                ),
                ("biometrics_place", models.CharField(blank=True, max_length=300)),
                ("noid_answer", referrals.models.fields.PersonalTextField(blank=True)),
                (
                    "earlier_grant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later_requests",
                        to="referrals.grant",
                    ),
                ),
                (
                    "ice_desk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflows.desk",
                    ),
                ),
                (
                    "ice_office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.office",
                    ),
                ),
                (
                    "intake_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="referrals.person",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "refiles",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refiled_as",
                        to="referrals.workerrequest",
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="worker_requests",
                        to="referrals.organization",
                    ),
                ),
                (
                    "representative_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="worker_requests",
                        to="referrals.statement",
                    ),
                ),
                (
                    "uscis_desk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflows.desk",
                    ),
                ),
            ],
            bases=(
                workflows.machines.worker_request_uscis.UscisTrack,
                workflows.machines.worker_request_ice.IceTrack,
                "workflows.case",
            ),
        ),
        migrations.CreateModel(
            name="Screening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("arrests", referrals.models.fields.PersonalTextField(blank=True)),
                ("entries", referrals.models.fields.PersonalTextField(blank=True)),
                ("notes", referrals.models.fields.PersonalTextField(blank=True)),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="screening",
                        to="referrals.workerrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Renewal",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="%(class)s_record",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("grant_ends_on", models.DateField(editable=False)),
                ("chosen", models.CharField(blank=True, editable=False, max_length=12)),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "agency_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="referrals.grant",
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="referrals.organization",
                    ),
                ),
                (
                    "representative_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="referrals.workerrequest",
                    ),
                ),
            ],
            bases=("workflows.case",),
        ),
        migrations.CreateModel(
            name="PacketItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("MISSING", "Missing"), ("PRESENT", "Present"), ("DEFECTIVE", "Defective")],
                        default="MISSING",
                        max_length=10,
                    ),
                ),
                ("required", models.BooleanField(default=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "intake_state",
                    models.CharField(
                        blank=True,
                        choices=[("MISSING", "Missing"), ("PRESENT", "Present"), ("DEFECTIVE", "Defective")],
                        max_length=10,
                    ),
                ),
                ("intake_note", models.CharField(blank=True, max_length=300)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="referrals.workerrequest",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.AddField(
            model_name="grant",
            name="worker_request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deferred_action",
                to="referrals.workerrequest",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="referrals.workerrequest",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="referrals.workerrequest",
            ),
        ),
        migrations.AddField(
            model_name="askeditem",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="asked_items",
                to="referrals.workerrequest",
            ),
        ),
        migrations.CreateModel(
            name="WorkPermit",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="%(class)s_record",
                        serialize=False,
                        to="workflows.case",
                    ),
                ),
                ("filed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("rfe_served_on", models.DateField(blank=True, editable=False, null=True)),
                ("rfe_served_by", models.CharField(blank=True, editable=False, max_length=12)),
                ("valid_from", models.DateField(blank=True, editable=False, null=True)),
                ("valid_until", models.DateField(blank=True, editable=False, null=True)),
                (
                    "annual_income",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="Annual income"),
                ),
                (
                    "annual_expenses",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="Annual expenses"),
                ),
                (
                    "total_assets",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="Total assets"),
                ),
                (
                    "necessity",
                    referrals.models.fields.PersonalTextField(
                        blank=True, verbose_name="Why the worker needs to work"
                    ),
                ),
                (
                    "waiver_asked",
                    models.BooleanField(
                        default=False, verbose_name="Fee waiver (Form I-912) is in the packet"
                    ),
                ),
                ("card_last4", models.CharField(blank=True, max_length=4)),
                (
                    "grant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to="referrals.grant",
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to="referrals.organization",
                    ),
                ),
                (
                    "representative_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "uscis_desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
                    ),
                ),
                (
                    "worker_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to="referrals.workerrequest",
                    ),
                ),
            ],
            bases=("workflows.case",),
        ),
        migrations.CreateModel(
            name="Worksite",
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
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="worksites",
                        to="referrals.matter",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="document",
            trigger=pgtrigger.compiler.Trigger(
                name="kept_documents_do_not_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='RAISE EXCEPTION \'pgtrigger: Cannot update of "content", "sha256", "media_type" rows from % table\', TG_TABLE_NAME;',
                    hash="c085332ec23deb85ff200e763a8f30d2d7a4b4c4",
                    operation='UPDATE OF "content", "sha256", "media_type"',
                    pgid="pgtrigger_kept_documents_do_not_change_c03a9",
                    table="referrals_document",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="employername",
            index=models.Index(fields=["name"], name="employer_names"),
        ),
        migrations.AddConstraint(
            model_name="employername",
            constraint=models.UniqueConstraint(
                fields=("matter", "name", "kind"), name="a_matter_lists_each_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("user", "office", "capacity"),
                name="one_hat_of_a_kind_for_each_person_and_office",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.UniqueConstraint(
                fields=("agency", "case_number"), name="an_agency_numbers_each_matter_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on__isnull", True),
                    ("opened_on__isnull", True),
                    ("closed_on__gte", models.F("opened_on")),
                    _connector="OR",
                ),
                name="a_matter_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="a_delegation_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_by__isnull", True),
                    models.Q(("given_by", models.F("official")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_delegates_to_themselves",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(
                        models.Q(("confirmed_by", models.F("official")), _negated=True),
                        models.Q(
                            models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                            models.Q(("confirmed_by", models.F("given_by")), ("given_by__isnull", False)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="a_second_person_confirms_a_delegation",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                    ("recorded_by__isnull", True),
                    _connector="OR",
                ),
                name="a_delegation_is_confirmed_by_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delegation",
            trigger=pgtrigger.compiler.Trigger(
                name="delegations_are_never_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="6b5190b862f8559d3d2219f8ec0105f89c953628",
                    operation="DELETE",
                    pgid="pgtrigger_delegations_are_never_removed_e3db8",
                    table="referrals_delegation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delegation",
            trigger=pgtrigger.compiler.Trigger(
                name="a_delegation_names_who_recorded_it",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.recorded_by_id IS NULL THEN\n                        RAISE EXCEPTION 'a delegation names who recorded it';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="9587d0e144edfa2e0ec7b2e0cac84cd6a0fc1f38",
                    operation="INSERT",
                    pgid="pgtrigger_a_delegation_names_who_recorded_it_bf0c1",
                    table="referrals_delegation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delegation",
            trigger=pgtrigger.compiler.Trigger(
                name="a_delegation_is_never_rewritten",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF (OLD.agency_id, OLD.official_id, OLD.title, OLD.authority, OLD.acts, OLD.office_id,\n                            OLD.given_by_id, OLD.starts_on, OLD.ends_on, OLD.recorded_by_id, OLD.recorded_at)\n                        IS DISTINCT FROM (NEW.agency_id, NEW.official_id, NEW.title, NEW.authority, NEW.acts,\n                            NEW.office_id, NEW.given_by_id, NEW.starts_on, NEW.ends_on, NEW.recorded_by_id,\n                            NEW.recorded_at)\n                        OR (OLD.confirmed_at IS NOT NULL AND (OLD.confirmed_by_id, OLD.confirmed_at)\n                            IS DISTINCT FROM (NEW.confirmed_by_id, NEW.confirmed_at))\n                        OR (OLD.revoked_at IS NOT NULL\n                            AND (OLD.revoked_by_id, OLD.revoked_at, OLD.revoked_because)\n                            IS DISTINCT FROM (NEW.revoked_by_id, NEW.revoked_at, NEW.revoked_because))\n                    THEN\n                        RAISE EXCEPTION 'a delegation is confirmed and revoked, never rewritten';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="f134dc6453bec0faf615bbbdc52e4254ab2a8839",
                    operation="UPDATE",
                    pgid="pgtrigger_a_delegation_is_never_rewritten_95577",
                    table="referrals_delegation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("person", "organization"),
                name="an_organization_represents_a_person_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deterrence__lte", 3),
                    ("priority__lte", 3),
                    ("retaliation__lte", 3),
                    ("scope_of_harm__lte", 3),
                    ("witnesses__lte", 3),
                ),
                name="factors_are_rated_from_0_to_3",
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="an_override_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementversion",
            constraint=models.UniqueConstraint(
                fields=("statement", "number"), name="one_version_for_each_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="statementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("period_to__isnull", True), ("period_to__gte", models.F("period_from")), _connector="OR"
                ),
                name="a_covered_period_ends_after_it_starts",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statementversion",
            trigger=pgtrigger.compiler.Trigger(
                name="signed_versions_are_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."signed_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c79d2cfa55cf5073e5cb822209f5b65cc8ef1a23",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_signed_versions_are_fixed_fb84b",
                    table="referrals_statementversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statementversion",
            trigger=pgtrigger.compiler.Trigger(
                name="a_version_under_review_stands_still",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE changed record;",
                    func="\n            IF TG_OP = 'INSERT' THEN\n                changed := NEW;\n            ELSE\n                changed := OLD;\n            END IF;\n            IF EXISTS (\n                SELECT FROM referrals_statementversion v\n                JOIN referrals_statement s ON s.case_ptr_id = v.statement_id\n                JOIN workflows_case c ON c.id = v.statement_id\n                WHERE v.id = changed.id\n                    AND ((v.number = s.working_version AND c.state IN ('AGENCY_REVIEW', 'AMENDMENT_APPROVED', 'AMENDMENT_REVIEW', 'APPROVED')))\n            ) THEN\n                RAISE EXCEPTION 'what is under review or signed stands still';\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ",
                    hash="95f64ee3e63c9938e922ef9d89fceaed6620e89a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_a_version_under_review_stands_still_c254b",
                    table="referrals_statementversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="coveredsite",
            trigger=pgtrigger.compiler.Trigger(
                name="covered_sites_stand_still",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE changed record;",
                    func="\n            IF TG_OP = 'INSERT' THEN\n                changed := NEW;\n            ELSE\n                changed := OLD;\n            END IF;\n            IF EXISTS (\n                SELECT FROM referrals_statementversion v\n                JOIN referrals_statement s ON s.case_ptr_id = v.statement_id\n                JOIN workflows_case c ON c.id = v.statement_id\n                WHERE v.id = changed.version_id\n                    AND ((v.number = s.working_version AND c.state IN ('AGENCY_REVIEW', 'AMENDMENT_APPROVED', 'AMENDMENT_REVIEW', 'APPROVED')) OR v.signed_at IS NOT NULL)\n            ) THEN\n                RAISE EXCEPTION 'what is under review or signed stands still';\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ",
                    hash="80982e6851a435eef66facf7c75c02291ed64b7d",
                    operation="UPDATE OR DELETE OR INSERT",
                    pgid="pgtrigger_covered_sites_stand_still_1b175",
                    table="referrals_coveredsite",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="coveredname",
            trigger=pgtrigger.compiler.Trigger(
                name="covered_names_stand_still",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE changed record;",
                    func="\n            IF TG_OP = 'INSERT' THEN\n                changed := NEW;\n            ELSE\n                changed := OLD;\n            END IF;\n            IF EXISTS (\n                SELECT FROM referrals_statementversion v\n                JOIN referrals_statement s ON s.case_ptr_id = v.statement_id\n                JOIN workflows_case c ON c.id = v.statement_id\n                WHERE v.id = changed.version_id\n                    AND ((v.number = s.working_version AND c.state IN ('AGENCY_REVIEW', 'AMENDMENT_APPROVED', 'AMENDMENT_REVIEW', 'APPROVED')) OR v.signed_at IS NOT NULL)\n            ) THEN\n                RAISE EXCEPTION 'what is under review or signed stands still';\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ",
                    hash="aeeac9bddc99310e8913a11a3d975e0e46eec1c1",
                    operation="UPDATE OR DELETE OR INSERT",
                    pgid="pgtrigger_covered_names_stand_still_4148f",
                    table="referrals_coveredname",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="workerrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("worked_to__isnull", True), ("worked_to__gte", models.F("worked_from")), _connector="OR"
                ),
                name="work_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="renewal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("grant",),
                name="one_open_renewal_for_each_grant",
            ),
        ),
        migrations.AddConstraint(
            model_name="packetitem",
            constraint=models.UniqueConstraint(
                fields=("request", "key"), name="a_packet_lists_each_item_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                name="a_grant_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("covers_to__gte", models.F("covers_from"))),
                name="evidence_ends_after_it_starts",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="evidence_handed_over_is_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."handed_over_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2f8038dcbdf58b71a45c59eae65ec722d7aef8eb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_evidence_handed_over_is_fixed_656a5",
                    table="referrals_evidence",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="workpermit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="a_permit_ends_after_it_starts",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workpermit",
            trigger=pgtrigger.compiler.Trigger(
                name="no_permit_outlives_its_deferred_action",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."valid_until" IS NOT NULL)',
                    func="IF NEW.valid_until > (SELECT ends_on FROM referrals_grant WHERE case_ptr_id = NEW.grant_id) THEN RAISE EXCEPTION 'a work permit ends with its deferred action at the latest'; END IF; RETURN NEW;",
                    hash="9facb5ce0e598652fd79228f054022bad91a94ff",
                    operation='INSERT OR UPDATE OF "valid_until", "grant_id"',
                    pgid="pgtrigger_no_permit_outlives_its_deferred_action_b0364",
                    table="referrals_workpermit",
                    when="BEFORE",
                ),
            ),
        ),
    ]
