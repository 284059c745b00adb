import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.serializers.json
import django.db.models.deletion
import django_fsm
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

import workflows.models.case


class Migration(migrations.Migration):
    replaces = [
        ("workflows", "0001_initial"),
        ("workflows", "0002_texts_in_each_language"),
        ("workflows", "0003_policy_changes"),
        ("workflows", "0004_daily_heads_and_redactions"),
        ("workflows", "0005_rules_stamp"),
        ("workflows", "0006_ordered_pauses"),
        ("workflows", "0007_second_person"),
        ("workflows", "0008_definition_versions"),
        ("workflows", "0009_second_person_by_version"),
        ("workflows", "0010_version_changes"),
    ]
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL("CREATE SEQUENCE workflows_rules_stamp", "DROP SEQUENCE workflows_rules_stamp"),
        migrations.CreateModel(
            name="DailyHead",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("day", models.DateField(unique=True)),
                ("taken_at", models.DateTimeField()),
                ("cases", models.PositiveIntegerField()),
                ("lines", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("changes", models.CharField(max_length=64)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("key_id", models.CharField(blank=True, max_length=16)),
                ("hash", models.CharField(max_length=64)),
                ("signature", models.CharField(blank=True, max_length=128)),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("clock_key", models.CharField(max_length=60)),
                ("rung", models.CharField(max_length=30)),
                ("generation", models.PositiveIntegerField()),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ARMED", "Armed"),
                            ("FIRED", "Fired"),
                            ("CANCELLED", "Cancelled"),
                            ("SUPERSEDED", "Replaced by a new date"),
                        ],
                        default="ARMED",
                        max_length=10,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("collapsed", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Desk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("time_zone", models.CharField(default="America/New_York", max_length=60)),
                ("jurisdiction", models.CharField(default="US", max_length=40)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.TextField()),
                ("authority", models.CharField(blank=True, max_length=200)),
                ("ordered_in", models.PositiveIntegerField(null=True)),
            ],
            options={
                "ordering": ("began_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("jurisdiction", models.CharField(default="US", max_length=40)),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(blank=True, null=True)),
                ("value", models.JSONField()),
                (
                    "governs",
                    models.CharField(
                        choices=[
                            ("filed", "the date of filing"),
                            ("served", "the date of service"),
                            ("decided", "the date of the decision"),
                            ("pending", "each day the case is pending"),
                            ("signed", "the date of signature"),
                            ("opened", "the date the case was opened"),
                        ],
                        max_length=10,
                    ),
                ),
                ("labels", models.JSONField()),
                ("unit", models.CharField(blank=True, max_length=60)),
                ("legal_cite", models.CharField(blank=True, max_length=300)),
                ("sources", models.JSONField(blank=True, default=dict)),
                ("source_url", models.URLField(blank=True, max_length=500)),
                ("verified_on", models.DateField(blank=True, null=True)),
                ("verified_by", models.CharField(blank=True, max_length=200)),
                ("notes", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name_plural": "policies",
                "ordering": ["key", "jurisdiction", "effective_from"],
            },
        ),
        migrations.CreateModel(
            name="PolicyChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "matter",
                    models.CharField(
                        choices=[("RULE", "Rule"), ("CLOSURE", "Closure that stops the clocks")], max_length=8
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=80)),
                ("jurisdiction", models.CharField(default="US", max_length=40)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(blank=True, null=True)),
                (
                    "value",
                    models.JSONField(
                        blank=True, encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                    ),
                ),
                (
                    "governs",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("filed", "the date of filing"),
                            ("served", "the date of service"),
                            ("decided", "the date of the decision"),
                            ("pending", "each day the case is pending"),
                            ("signed", "the date of signature"),
                            ("opened", "the date the case was opened"),
                        ],
                        max_length=10,
                    ),
                ),
                ("authority", models.CharField(blank=True, max_length=300)),
                ("source", models.TextField(blank=True)),
                ("source_url", models.URLField(blank=True, max_length=500)),
                ("reason", models.TextField()),
                ("correction", models.BooleanField(default=False)),
                ("proposed_at", models.DateTimeField()),
                (
                    "foreseen",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "fate",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting for a second person"),
                            ("APPROVED", "Approved"),
                            ("REFUSED", "Refused"),
                            ("WITHDRAWN", "Withdrawn by the proposer"),
                        ],
                        default="WAITING",
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.TextField(blank=True)),
                (
                    "foreseen_at_approval",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("cursor", models.BigIntegerField(default=0)),
                ("left", models.JSONField(default=list)),
                ("moved", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-proposed_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="PolicyCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("AGREES", "The row says what the source says"),
                            ("DIFFERS", "The source says something else"),
                            ("NOT_FOUND", "The source does not say"),
                        ],
                        max_length=9,
                    ),
                ),
                ("against", models.TextField()),
                ("against_url", models.URLField(blank=True, max_length=500)),
                ("note", models.TextField(blank=True)),
                ("checked_on", models.DateField()),
                ("capacity", models.CharField(max_length=20)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-recorded_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=60)),
                (
                    "fate",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting for a countersignature"),
                            ("COUNTERSIGNED", "Countersigned"),
                            ("SENT_BACK", "Sent back"),
                            ("FALLEN", "Fallen: the case changed"),
                        ],
                        default="WAITING",
                        max_length=14,
                    ),
                ),
                (
                    "payload",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("reason", models.TextField(blank=True)),
                ("content_hash", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Redaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("granted", models.BooleanField()),
                ("note", models.TextField(blank=True)),
                ("decided_as", models.CharField(max_length=20)),
                ("decided_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RedactionRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sequences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), size=100
                    ),
                ),
                ("field", models.CharField(max_length=80)),
                ("because", models.TextField()),
                ("asked_as", models.CharField(max_length=20)),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("asked_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="RulesStamp",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("stamp", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("OPENED", "Opened"),
                            ("MOVED", "Step"),
                            ("PROPOSED", "Proposed, waiting for a countersignature"),
                            ("SENT_BACK", "Proposal sent back"),
                            ("RECORDED", "Recorded"),
                            ("MIGRATED", "Moved to another version of the procedure"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("from_state", models.CharField(blank=True, max_length=40)),
                ("to_state", models.CharField(max_length=40)),
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
                            ("SYSTEM", "The system"),
                        ],
                        max_length=20,
                    ),
                ),
                ("organization", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("definition_version", models.PositiveSmallIntegerField(default=1)),
                (
                    "rules",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "data",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "effects",
                    models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("idempotency_key", models.CharField(max_length=80, null=True)),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ("case", "sequence"),
            },
        ),
        migrations.CreateModel(
            name="TollingWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("jurisdiction", models.CharField(default="US", max_length=40)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("reasons", models.JSONField(default=dict)),
                ("authorities", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["starts_on", "jurisdiction"],
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("field", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=64, null=True)),
                ("text", models.TextField(null=True)),
            ],
            options={
                "ordering": ("case", "sequence", "field"),
            },
        ),
        migrations.CreateModel(
            name="Absence",
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
                            ("SYSTEM", "The system"),
                        ],
                        max_length=20,
                    ),
                ),
                ("organization", models.BigIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("marked_at", models.DateTimeField()),
                (
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands_in_during",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-starts_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Case",
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
                            ("SOI_REQUEST", "Request for a statement of interest"),
                            ("STATEMENT", "Statement of interest"),
                            ("WORKER_REQUEST", "Worker's request for deferred action"),
                            ("GRANT", "Deferred action"),
                            ("WORK_PERMIT", "Work permit"),
                            ("STAY", "Stay of removal"),
                            ("STAY_REFERRAL", "Agency's stay referral"),
                            ("RENEWAL", "Renewal"),
                        ],
                        editable=False,
                        max_length=20,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=workflows.models.case.unguessable_reference,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("state", django_fsm.FSMField(editable=False, max_length=40, protected=True)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("definition_version", models.PositiveSmallIntegerField(default=1, editable=False)),
                ("jurisdiction", models.CharField(default="US", editable=False, max_length=40)),
                ("time_zone", models.CharField(default="America/New_York", editable=False, max_length=60)),
                ("opened_at", models.DateTimeField(editable=False)),
                ("entered_state_at", models.DateTimeField(editable=False)),
                ("next_due_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("head_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseSalt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="salt", to="workflows.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                ("generation", models.PositiveIntegerField(default=1)),
                ("started_at", models.DateTimeField()),
                ("counts_from", models.DateField(null=True)),
                ("served", models.CharField(blank=True, max_length=12)),
                ("until_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="workflows.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(db_collation="C", max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("head", models.CharField(max_length=64)),
                ("lines", models.CharField(max_length=64)),
                (
                    "daily_head",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_heads",
                        to="workflows.dailyhead",
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dailyhead",
            trigger=pgtrigger.compiler.Trigger(
                name="daily_heads_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fa09c2eb2655518bb0a0ba844c8a9025f1f344de",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_daily_heads_are_append_only_6ca0b",
                    table="workflows_dailyhead",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dailyhead",
            trigger=pgtrigger.compiler.Trigger(
                name="daily_heads_are_never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'this table is never emptied';",
                    hash="08af02fbf4c2df1cb554a0262856645b16fc0cf0",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_daily_heads_are_never_emptied_62934",
                    table="workflows_dailyhead",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to="workflows.case"
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to="workflows.clock"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="desk",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="workflows.desk",
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="desk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflows.desk"
            ),
        ),
        migrations.AddField(
            model_name="pause",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="workflows.clock"
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_to__isnull", True),
                    ("effective_to__gt", models.F("effective_from")),
                    _connector="OR",
                ),
                name="a_policy_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("key", "="),
                    ("jurisdiction", "="),
                    (
                        models.Func(
                            "effective_from",
                            "effective_to",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="one_policy_of_a_key_on_each_day",
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="policy",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflows.policy",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policy",
            trigger=pgtrigger.compiler.Trigger(
                name="a_changed_rule_moves_the_stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            INSERT INTO workflows_rulesstamp (id, stamp) VALUES (1, nextval('workflows_rules_stamp'))\n            ON CONFLICT (id) DO UPDATE SET stamp = EXCLUDED.stamp;\n            RETURN NULL;\n        ",
                    hash="5e7de01f826fd9d9655d882ba71f83933d2ed5ff",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_a_changed_rule_moves_the_stamp_a7d3e",
                    table="workflows_policy",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="policychange",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policychange",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policychange",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflows.policy",
            ),
        ),
        migrations.AddField(
            model_name="policychange",
            name="row",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="workflows.policy",
            ),
        ),
        migrations.AddField(
            model_name="policycheck",
            name="checked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policycheck",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="workflows.policy"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="workflows.case"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="redaction",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="redaction",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="redactionrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="redactionrequest",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redaction_requests",
                to="workflows.case",
            ),
        ),
        migrations.AddField(
            model_name="redaction",
            name="request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decision",
                to="workflows.redactionrequest",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps_taken",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="workflows.case"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="line",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposal",
                to="workflows.step",
            ),
        ),
        migrations.AddConstraint(
            model_name="tollingwindow",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="a_closure_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="tollingwindow",
            constraint=models.UniqueConstraint(
                fields=("jurisdiction", "starts_on"), name="one_closure_of_a_jurisdiction_from_a_day"
            ),
        ),
        migrations.AddField(
            model_name="policychange",
            name="window",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="workflows.tollingwindow",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tollingwindow",
            trigger=pgtrigger.compiler.Trigger(
                name="a_changed_closure_moves_the_stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            INSERT INTO workflows_rulesstamp (id, stamp) VALUES (1, nextval('workflows_rules_stamp'))\n            ON CONFLICT (id) DO UPDATE SET stamp = EXCLUDED.stamp;\n            RETURN NULL;\n        ",
                    hash="54ca31aef24b059940fb139fac26f078b911c4c4",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_a_changed_closure_moves_the_stamp_6a93d",
                    table="workflows_tollingwindow",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to="workflows.case"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casesalt",
            trigger=pgtrigger.compiler.Trigger(
                name="case_salts_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f8bbe141a7855d3ea783b3935cd77c006c3842a5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_case_salts_are_append_only_fa190",
                    table="workflows_casesalt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casesalt",
            trigger=pgtrigger.compiler.Trigger(
                name="case_salts_are_never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'this table is never emptied';",
                    hash="fd3d04abcb5c530463d1cb61fcdcc85ab4b5be88",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_case_salts_are_never_emptied_bba0c",
                    table="workflows_casesalt",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="casehead",
            constraint=models.UniqueConstraint(
                fields=("reference", "daily_head"), name="a_daily_head_knows_each_case_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casehead",
            trigger=pgtrigger.compiler.Trigger(
                name="case_heads_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="17716c3f71ebcb4b253a4b7824060ec57e380a7d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_case_heads_are_append_only_db91b",
                    table="workflows_casehead",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casehead",
            trigger=pgtrigger.compiler.Trigger(
                name="case_heads_are_never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'this table is never emptied';",
                    hash="8aa3e1c4b3deec7e14eaa7ab1d28b740e979778a",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_case_heads_are_never_emptied_1061b",
                    table="workflows_casehead",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("state", "ARMED")), fields=["due_at"], name="armed_deadlines"
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["case", "state"], name="deadlines_of_a_case"),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(
                fields=("clock", "rung", "generation"), name="each_rung_is_armed_once_a_generation"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["desk", "next_due_at", "opened_at"],
                name="open_cases_by_desk",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["kind", "state"], name="cases_by_kind_and_state"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="case",
            trigger=pgtrigger.compiler.Trigger(
                name="state_moves_only_with_a_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.version IS DISTINCT FROM NEW.version OR OLD.head_hash IS DISTINCT FROM NEW.head_hash OR OLD.definition_version IS DISTINCT FROM NEW.definition_version)",
                    func="\n                    IF NEW.version <> OLD.version + 1 OR NOT EXISTS (\n                        SELECT FROM workflows_step\n                        WHERE case_id = NEW.id AND sequence = NEW.version\n                            AND to_state = NEW.state AND hash = NEW.head_hash\n                            AND definition_version = NEW.definition_version\n                            AND (nature = 'MIGRATED') = (OLD.definition_version <> NEW.definition_version)\n                    ) THEN\n                        RAISE EXCEPTION 'a state changes only together with a step';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="e6a9450d716171af9215b02d38b47597944ec047",
                    operation="UPDATE",
                    pgid="pgtrigger_state_moves_only_with_a_step_0909b",
                    table="workflows_case",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="case",
            trigger=pgtrigger.compiler.Trigger(
                name="cases_are_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="beb4001bfb459b6a471abcf41bbef44e4fdd5cdd",
                    operation="DELETE",
                    pgid="pgtrigger_cases_are_never_deleted_7c057",
                    table="workflows_case",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["deputy", "ends_at"], name="absences_by_deputy"),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("deputy", models.F("person")), _negated=True),
                name="nobody_stands_in_for_themselves",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gte", models.F("starts_at"))),
                name="an_absence_ends_after_it_begins",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="absence",
            trigger=pgtrigger.compiler.Trigger(
                name="absences_are_never_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="1dbec918614b0a7e31840ec44e142f314988cc25",
                    operation="DELETE",
                    pgid="pgtrigger_absences_are_never_removed_03318",
                    table="workflows_absence",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="absence",
            trigger=pgtrigger.compiler.Trigger(
                name="an_absence_only_ends_earlier",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF (OLD.id, OLD.person_id, OLD.deputy_id, OLD.capacity, OLD.organization, OLD.desk_id,\n                            OLD.starts_at, OLD.marked_by_id, OLD.marked_at)\n                        IS DISTINCT FROM (NEW.id, NEW.person_id, NEW.deputy_id, NEW.capacity,\n                            NEW.organization, NEW.desk_id, NEW.starts_at, NEW.marked_by_id, NEW.marked_at)\n                        OR NEW.ends_at > OLD.ends_at\n                    THEN\n                        RAISE EXCEPTION 'an absence can only be ended earlier';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="983870752d18c5dc08da4609281e141cb033264b",
                    operation="UPDATE",
                    pgid="pgtrigger_an_absence_only_ends_earlier_33e2b",
                    table="workflows_absence",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__gte", models.F("began_at")), _connector="OR"
                ),
                name="a_pause_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("ordered_in__isnull", True)),
                fields=("clock",),
                name="a_state_pauses_a_clock_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.UniqueConstraint(
                fields=("clock", "ordered_in"), name="one_pause_of_a_clock_for_each_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ordered_in__isnull", True),
                    models.Q(("reason", ""), ("authority", ""), _connector="OR", _negated=True),
                    _connector="OR",
                ),
                name="an_ordered_pause_has_a_reason_and_an_authority",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stopped_at__isnull", True)),
                fields=("case", "key"),
                name="a_clock_runs_once_at_a_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policycheck",
            trigger=pgtrigger.compiler.Trigger(
                name="checks_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2bde1eb186108ec603eafd423c186d0e7a73f0d9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_checks_are_append_only_1b42d",
                    table="workflows_policycheck",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="redactionrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="redaction_requests_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="69668ab9bdc6001416cd667c91844e1b25530b6a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_redaction_requests_are_append_only_9cb94",
                    table="workflows_redactionrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="redactionrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="redaction_requests_are_never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'this table is never emptied';",
                    hash="7e2766faeb0d88f4159e42a11706a32e463ac185",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_redaction_requests_are_never_emptied_68825",
                    table="workflows_redactionrequest",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="redaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("granted", False),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_grants_their_own_redaction",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="redaction",
            trigger=pgtrigger.compiler.Trigger(
                name="redactions_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a50a25c5fef99640c59ee3aa121af7dc8206ddaf",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_redactions_are_append_only_92cbd",
                    table="workflows_redaction",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="redaction",
            trigger=pgtrigger.compiler.Trigger(
                name="redactions_are_never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'this table is never emptied';",
                    hash="5e520ab1da4972aa65df243c5143105f0c859594",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_redactions_are_never_emptied_78360",
                    table="workflows_redaction",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="redaction",
            trigger=pgtrigger.compiler.Trigger(
                name="a_redaction_names_who_asked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NEW.asked_by_id IS DISTINCT FROM (SELECT asked_by_id FROM workflows_redactionrequest WHERE id = NEW.request_id) THEN RAISE EXCEPTION 'a redaction names who asked for it'; END IF; RETURN NEW;",
                    hash="96dae5f0c917fc53a272647762a57af659ca22ce",
                    operation="INSERT",
                    pgid="pgtrigger_a_redaction_names_who_asked_91a77",
                    table="workflows_redaction",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(
                fields=("case", "sequence"), name="one_step_for_each_number_of_a_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(
                fields=("case", "idempotency_key"), name="one_step_for_each_idempotency_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("nature__in", ["PROPOSED", "SENT_BACK", "RECORDED"]), _negated=True),
                    ("from_state", models.F("to_state")),
                    _connector="OR",
                ),
                name="only_a_step_taken_changes_the_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("nature", "OPENED"), _negated=True), ("sequence", 1), _connector="OR"
                ),
                name="a_case_is_opened_by_its_first_line",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="history_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fb3764fd744d7c0ab2edcd68dd1cd5d2985216fe",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_history_is_append_only_f82c5",
                    table="workflows_step",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="history_is_never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'the history is never emptied';",
                    hash="ebe9ed4150f266b4f0c03ae4e13634d193823e58",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_is_never_emptied_9a64f",
                    table="workflows_step",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="a_second_person_decides",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.nature <> 'MIGRATED' AND NEW.to_state <> NEW.from_state AND NEW.to_state IN ('ABANDONED', 'AMENDMENT_APPROVED', 'APPROVED', 'CLOSED', 'DECLINED', 'DENIED', 'GRANTED', 'ICE_GRANTED', 'MOOT', 'REVOKED', 'SIGNED', 'TERMINATED', 'WITHDRAWAL_NOTICE', 'WITHDRAWN'))",
                    declare="DECLARE way record; kind_of_case text; lives_under integer; people bigint[];",
                    func="\n            SELECT kind, definition_version INTO kind_of_case, lives_under\n            FROM workflows_case WHERE id = NEW.case_id;\n            IF lives_under <> NEW.definition_version THEN\n                RAISE EXCEPTION 'a case is judged by the version that it lives under';\n            END IF;\n            SELECT * INTO way FROM (VALUES (1, 'GRANT', 'terminate', 'RESPONDED', 'TERMINATED', ARRAY['write_grounds']::text[], true),\n(1, 'GRANT', 'terminate', 'TERMINATION_NOTICE', 'TERMINATED', ARRAY['write_grounds']::text[], true),\n(1, 'GRANT', 'terminate_at_once', 'ACTIVE', 'TERMINATED', ARRAY['write_grounds']::text[], true),\n(1, 'GRANT', 'terminate_at_once', 'EXPIRING', 'TERMINATED', ARRAY['write_grounds']::text[], true),\n(1, 'GRANT', 'terminate_at_once', 'TERMINATION_NOTICE', 'TERMINATED', ARRAY['write_grounds']::text[], true),\n(1, 'SOI_REQUEST', 'decline', 'UNDER_REVIEW', 'DECLINED', ARRAY['assess']::text[], false),\n(1, 'STATEMENT', 'approve', 'AMENDMENT_REVIEW', 'AMENDMENT_APPROVED', ARRAY['revise','send_for_approval']::text[], false),\n(1, 'STATEMENT', 'approve', 'AGENCY_REVIEW', 'APPROVED', ARRAY['revise','send_for_approval']::text[], false),\n(1, 'STATEMENT', 'close', 'ACTIVE', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'AMENDING', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'AMENDMENT_APPROVED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'AMENDMENT_REVIEW', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'EXPIRING', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'RECEIVED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'SIGNED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'SUSPENDED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'TRANSMITTED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'close', 'WITHDRAWAL_NOTICE', 'CLOSED', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'sign', 'AMENDMENT_APPROVED', 'SIGNED', ARRAY['revise','send_for_approval']::text[], false),\n(1, 'STATEMENT', 'sign', 'APPROVED', 'SIGNED', ARRAY['revise','send_for_approval']::text[], false),\n(1, 'STATEMENT', 'announce_withdrawal', 'ACTIVE', 'WITHDRAWAL_NOTICE', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'announce_withdrawal', 'EXPIRING', 'WITHDRAWAL_NOTICE', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw', 'WITHDRAWAL_NOTICE', 'WITHDRAWN', ARRAY[]::text[], false),\n(1, 'STATEMENT', 'withdraw_at_once', 'ACTIVE', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw_at_once', 'AMENDING', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw_at_once', 'AMENDMENT_APPROVED', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw_at_once', 'AMENDMENT_REVIEW', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw_at_once', 'EXPIRING', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw_at_once', 'RECEIVED', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw_at_once', 'SIGNED', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw_at_once', 'SUSPENDED', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STATEMENT', 'withdraw_at_once', 'TRANSMITTED', 'WITHDRAWN', ARRAY[]::text[], true),\n(1, 'STAY', 'deny', 'UNDER_REVIEW', 'DENIED', ARRAY[]::text[], true),\n(1, 'STAY', 'grant', 'UNDER_REVIEW', 'GRANTED', ARRAY[]::text[], true),\n(1, 'STAY', 'end_as_moot', 'ACTIVE', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY', 'end_as_moot', 'BOND_REQUIRED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY', 'end_as_moot', 'CHECKS', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY', 'end_as_moot', 'EXPIRING', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY', 'end_as_moot', 'FILED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY', 'end_as_moot', 'GRANTED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY', 'end_as_moot', 'INFO_REQUESTED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY', 'end_as_moot', 'UNDER_REVIEW', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY', 'make_moot', 'ACTIVE', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'APPOINTMENT_MADE', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'BOND_REQUIRED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'CHECKS', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'DRAFT', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'EXPIRING', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'FILED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'GRANTED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'INFO_REQUESTED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'READY', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'make_moot', 'UNDER_REVIEW', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY', 'revoke', 'ACTIVE', 'REVOKED', ARRAY[]::text[], true),\n(1, 'STAY', 'revoke', 'BOND_REQUIRED', 'REVOKED', ARRAY[]::text[], true),\n(1, 'STAY', 'revoke', 'EXPIRING', 'REVOKED', ARRAY[]::text[], true),\n(1, 'STAY', 'revoke', 'GRANTED', 'REVOKED', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'approve', 'DRAFTED', 'APPROVED', ARRAY['draft']::text[], false),\n(1, 'STAY_REFERRAL', 'decline', 'ASKED', 'DECLINED', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'decline', 'DRAFTED', 'DECLINED', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'end_as_moot', 'ACKNOWLEDGED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'end_as_moot', 'APPROVED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'end_as_moot', 'ASKED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'end_as_moot', 'DRAFTED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'end_as_moot', 'FORWARDED', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'end_as_moot', 'SENT', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'end_as_moot', 'SENT_URGENT', 'MOOT', ARRAY[]::text[], true),\n(1, 'STAY_REFERRAL', 'make_moot', 'ACKNOWLEDGED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY_REFERRAL', 'make_moot', 'APPROVED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY_REFERRAL', 'make_moot', 'ASKED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY_REFERRAL', 'make_moot', 'DRAFTED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY_REFERRAL', 'make_moot', 'FORWARDED', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY_REFERRAL', 'make_moot', 'SENT', 'MOOT', ARRAY[]::text[], false),\n(1, 'STAY_REFERRAL', 'make_moot', 'SENT_URGENT', 'MOOT', ARRAY[]::text[], false),\n(1, 'WORKER_REQUEST', 'deny_for_no_show', 'BIOMETRICS_SCHEDULED', 'ABANDONED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'BACKGROUND_CHECKS', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'BIOMETRICS_SCHEDULED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'COMPLETENESS_CHECK', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'IN_ADJUDICATION', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'NOID_ANSWERED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'NOID_ISSUED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'RECEIVED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'RFE_ANSWERED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'close_administratively', 'RFE_ISSUED', 'CLOSED', ARRAY[]::text[], true),\n(1, 'WORKER_REQUEST', 'deny', 'IN_ADJUDICATION', 'DENIED', ARRAY['write_decision']::text[], true),\n(1, 'WORKER_REQUEST', 'deny_at_ice', 'ICE_REVIEW', 'DENIED', ARRAY['write_decision']::text[], true),\n(1, 'WORKER_REQUEST', 'grant_at_ice', 'ICE_REVIEW', 'ICE_GRANTED', ARRAY['write_decision']::text[], true),\n(1, 'WORK_PERMIT', 'deny', 'IN_ADJUDICATION', 'DENIED', ARRAY[]::text[], true),\n(1, 'WORK_PERMIT', 'deny_with_request', 'AWAITING_GRANT', 'DENIED', ARRAY[]::text[], false),\n(1, 'WORK_PERMIT', 'deny_with_request', 'FILED', 'DENIED', ARRAY[]::text[], false),\n(1, 'WORK_PERMIT', 'deny_with_request', 'WAIVER_REQUESTED', 'DENIED', ARRAY[]::text[], false)) AS w(version, kind, step, source, target, excluded, second)\n            WHERE w.kind = kind_of_case AND w.version = NEW.definition_version AND w.target = NEW.to_state\n            ORDER BY w.step = NEW.name AND w.source = NEW.from_state DESC LIMIT 1;\n            IF NOT FOUND THEN\n                RETURN NULL;\n            END IF;\n            IF NEW.nature <> 'MOVED' OR way.step <> NEW.name OR way.source <> NEW.from_state THEN\n                RAISE EXCEPTION 'no such step leads there';\n            END IF;\n            IF NOT way.second AND way.excluded = ARRAY[]::text[] THEN\n                RETURN NULL;\n            END IF;\n            IF NEW.actor_id IS NULL THEN\n                RAISE EXCEPTION 'the system is no second person';\n            END IF;\n            people := array_remove(ARRAY(\n                SELECT NEW.actor_id UNION SELECT (NEW.data->>'for_absent')::bigint\n                UNION SELECT person_id FROM workflows_absence\n                WHERE deputy_id = NEW.actor_id AND starts_at <= NEW.at AND ends_at > NEW.at), NULL);\n            IF EXISTS (\n                SELECT FROM workflows_step s\n                WHERE s.case_id = NEW.case_id AND s.id <> NEW.id AND s.name = ANY(way.excluded)\n                    AND (s.actor_id = ANY(people) OR (s.data->>'for_absent')::bigint = ANY(people))\n            ) THEN\n                RAISE EXCEPTION 'whoever prepared it does not decide it';\n            END IF;\n            IF way.second AND NOT EXISTS (\n                SELECT FROM workflows_proposal p JOIN workflows_step s ON s.id = p.line_id\n                WHERE p.case_id = NEW.case_id AND p.step = NEW.name AND p.fate = 'WAITING'\n                    AND s.sequence < NEW.sequence AND NEW.data @> p.payload\n                    AND s.actor_id <> ALL(people)\n                    AND coalesce((s.data->>'for_absent')::bigint <> ALL(people), true)\n            ) THEN\n                RAISE EXCEPTION 'this step needs a proposal by somebody else';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="b523a144cc34cbb05a47db9bbe1f6bc043a7d112",
                    operation="INSERT",
                    pgid="pgtrigger_a_second_person_decides_dd1ad",
                    table="workflows_step",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="a_change_of_version_decides_nothing",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.nature = 'MIGRATED')",
                    declare="DECLARE kind_of_case text; came_from integer; stood_in text; ends boolean; decided boolean;",
                    func="\n            SELECT definition_version, to_state INTO came_from, stood_in\n            FROM workflows_step WHERE case_id = NEW.case_id AND sequence = NEW.sequence - 1;\n            IF NOT FOUND OR came_from = NEW.definition_version OR stood_in <> NEW.from_state\n                OR NEW.name <> 'change_version' OR NEW.reason = ''\n                OR (NEW.data->>'from_version') IS DISTINCT FROM came_from::text\n                OR (NEW.data->>'to_version') IS DISTINCT FROM NEW.definition_version::text\n            THEN\n                RAISE EXCEPTION 'a change of version says from which version to which, and why';\n            END IF;\n            IF NEW.capacity NOT IN ('ADMINISTRATOR', 'PROGRAMME_OFFICER', 'SYSTEM') OR (NEW.actor_id IS NULL) <> (NEW.capacity = 'SYSTEM') THEN\n                RAISE EXCEPTION 'a version is changed by those who change rules';\n            END IF;\n            SELECT kind INTO kind_of_case FROM workflows_case WHERE id = NEW.case_id;\n            SELECT bool_or(s.final), bool_or(s.guarded AND s.state = NEW.to_state) INTO ends, decided\n            FROM (VALUES ('GRANT', 1, 'EXPIRED', true, false),\n('GRANT', 1, 'EXTENDED', true, false),\n('GRANT', 1, 'RENEWED', true, false),\n('GRANT', 1, 'SUPERSEDED', true, false),\n('GRANT', 1, 'TERMINATED', true, true),\n('RENEWAL', 1, 'FILED', true, false),\n('RENEWAL', 1, 'LAPSED', true, false),\n('RENEWAL', 1, 'WITHDRAWN', true, false),\n('SOI_REQUEST', 1, 'ACCEPTED', true, false),\n('SOI_REQUEST', 1, 'DECLINED', true, true),\n('SOI_REQUEST', 1, 'LAPSED', true, false),\n('SOI_REQUEST', 1, 'REFERRED', true, false),\n('SOI_REQUEST', 1, 'WITHDRAWN', true, false),\n('STATEMENT', 1, 'AMENDMENT_APPROVED', false, true),\n('STATEMENT', 1, 'APPROVED', false, true),\n('STATEMENT', 1, 'CANCELLED', true, false),\n('STATEMENT', 1, 'CLOSED', true, true),\n('STATEMENT', 1, 'EXPIRED', true, false),\n('STATEMENT', 1, 'SIGNED', false, true),\n('STATEMENT', 1, 'WITHDRAWAL_NOTICE', false, true),\n('STATEMENT', 1, 'WITHDRAWN', true, true),\n('STAY', 1, 'DENIED', true, true),\n('STAY', 1, 'EXPIRED', true, false),\n('STAY', 1, 'GRANTED', false, true),\n('STAY', 1, 'MOOT', true, true),\n('STAY', 1, 'REJECTED', true, false),\n('STAY', 1, 'RENEWED', true, false),\n('STAY', 1, 'REVOKED', true, true),\n('STAY', 1, 'WITHDRAWN', true, false),\n('STAY_REFERRAL', 1, 'APPROVED', false, true),\n('STAY_REFERRAL', 1, 'DECLINED', true, true),\n('STAY_REFERRAL', 1, 'MOOT', true, true),\n('STAY_REFERRAL', 1, 'NOT_SUPPORTED', true, false),\n('STAY_REFERRAL', 1, 'SUPPORTED', true, false),\n('WORK_PERMIT', 1, 'DENIED', true, true),\n('WORK_PERMIT', 1, 'EXPIRED', true, false),\n('WORK_PERMIT', 1, 'REJECTED', true, false),\n('WORK_PERMIT', 1, 'RENEWED', true, false),\n('WORK_PERMIT', 1, 'REVOKED', true, false),\n('WORK_PERMIT', 1, 'WITHDRAWN', true, false),\n('WORKER_REQUEST', 1, 'ABANDONED', true, true),\n('WORKER_REQUEST', 1, 'CLOSED', true, true),\n('WORKER_REQUEST', 1, 'DENIED', true, true),\n('WORKER_REQUEST', 1, 'GRANTED', true, false),\n('WORKER_REQUEST', 1, 'ICE_GRANTED', false, true),\n('WORKER_REQUEST', 1, 'REJECTED', true, false),\n('WORKER_REQUEST', 1, 'WITHDRAWN', true, false)) AS s(kind, version, state, final, guarded)\n            WHERE s.kind = kind_of_case AND (\n                (s.state = NEW.from_state AND s.version = came_from)\n                OR (s.state = NEW.to_state AND (s.version = NEW.definition_version OR\n                    concat_ws(' ', kind_of_case, NEW.definition_version) <> ALL (ARRAY['GRANT 1', 'RENEWAL 1', 'SOI_REQUEST 1', 'STATEMENT 1', 'STAY 1', 'STAY_REFERRAL 1', 'WORKER_REQUEST 1', 'WORK_PERMIT 1']::text[]))));\n            IF ends THEN\n                RAISE EXCEPTION 'a change of version neither ends a case nor opens it again';\n            END IF;\n            IF decided AND NEW.from_state <> NEW.to_state AND concat_ws(' ', kind_of_case, came_from,\n                NEW.definition_version, NEW.from_state, NEW.to_state) <> ALL (ARRAY[]::text[])\n            THEN\n                RAISE EXCEPTION 'only a shipped map leads into a state where a second person decides';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="bda78eca2ff3a3224fad590dbbdf29ce94dcab4a",
                    operation="INSERT",
                    pgid="pgtrigger_a_change_of_version_decides_nothing_4a0ef",
                    table="workflows_step",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fate", "WAITING")), fields=("case",), name="one_proposal_waits_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fate", "COUNTERSIGNED"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="nobody_countersigns_their_own_proposal",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="a_proposal_has_its_line",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF NEW.fate <> 'WAITING' OR NOT EXISTS (\n            SELECT FROM workflows_step\n            WHERE id = NEW.line_id AND case_id = NEW.case_id AND nature = 'PROPOSED' AND name = NEW.step\n                AND actor_id = NEW.proposed_by_id AND at = NEW.proposed_at AND data @> NEW.payload\n        ) THEN\n            RAISE EXCEPTION 'a proposal begins with a line of the history';\n        END IF;\n        RETURN NULL;\n    ",
                    hash="eed1d7c765d3b6e33aa2329c180046dd6008a5b4",
                    operation="INSERT",
                    pgid="pgtrigger_a_proposal_has_its_line_bfb9d",
                    table="workflows_proposal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="a_proposal_is_settled_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF (OLD.case_id, OLD.step, OLD.payload, OLD.content_hash, OLD.proposed_by_id, OLD.proposed_at,\n                OLD.line_id)\n            IS DISTINCT FROM (NEW.case_id, NEW.step, NEW.payload, NEW.content_hash, NEW.proposed_by_id,\n                NEW.proposed_at, NEW.line_id)\n            OR (OLD.fate = 'WAITING' AND OLD.reason IS DISTINCT FROM NEW.reason)\n            OR (OLD.fate <> 'WAITING' AND (OLD.fate, OLD.decided_by_id, OLD.decided_at)\n                IS DISTINCT FROM (NEW.fate, NEW.decided_by_id, NEW.decided_at))\n        THEN\n            RAISE EXCEPTION 'what was proposed or decided is never rewritten';\n        END IF;\n        IF NEW.fate = 'COUNTERSIGNED' AND OLD.fate = 'WAITING' AND NOT EXISTS (\n            SELECT FROM workflows_step\n            WHERE case_id = NEW.case_id AND nature = 'MOVED' AND name = NEW.step\n                AND actor_id = NEW.decided_by_id AND at = NEW.decided_at\n        ) THEN\n            RAISE EXCEPTION 'a countersignature is a line of the history';\n        END IF;\n        RETURN NULL;\n    ",
                    hash="09149f8662ea724653d489339f2cf0be3455fac7",
                    operation="UPDATE",
                    pgid="pgtrigger_a_proposal_is_settled_once_d6b6b",
                    table="workflows_proposal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="proposals_are_never_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="b5cd83785e724f8f9c888ebc421a8dda938b7495",
                    operation="DELETE",
                    pgid="pgtrigger_proposals_are_never_removed_0bf29",
                    table="workflows_proposal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="policychange",
            index=models.Index(
                condition=models.Q(("fate", "APPROVED"), ("finished_at__isnull", True)),
                fields=["first_day"],
                name="changes_to_carry_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="policychange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fate__in", ["WAITING", "WITHDRAWN"]),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="nobody_decides_their_own_change_of_a_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="policychange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("fate", "WAITING")),
                    models.Q(models.Q(("fate", "WAITING"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_decided_change_has_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="policychange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("last_day__isnull", True), ("matter", "RULE")),
                    models.Q(("last_day__gte", models.F("first_day")), ("matter", "CLOSURE")),
                    _connector="OR",
                ),
                name="a_proposed_closure_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="policychange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fate", "APPROVED"), _negated=True),
                    ("row__isnull", False),
                    ("window__isnull", False),
                    _connector="OR",
                ),
                name="an_approved_change_has_its_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="policychange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fate", "WAITING"), ("matter", "RULE")),
                fields=("key", "jurisdiction"),
                name="one_change_of_a_rule_waits_at_a_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policychange",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_are_never_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="960bb854117368d4069e5bb3b4148faf33e2ec22",
                    operation="DELETE",
                    pgid="pgtrigger_changes_are_never_removed_0f9a0",
                    table="workflows_policychange",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policychange",
            trigger=pgtrigger.compiler.Trigger(
                name="a_proposal_is_never_rewritten",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (ROW(OLD."matter", OLD."key", OLD."jurisdiction", OLD."first_day", OLD."last_day", OLD."value", OLD."governs", OLD."authority", OLD."source", OLD."source_url", OLD."reason", OLD."correction", OLD."replaces_id", OLD."proposed_by_id", OLD."proposed_at") IS DISTINCT FROM ROW(NEW."matter", NEW."key", NEW."jurisdiction", NEW."first_day", NEW."last_day", NEW."value", NEW."governs", NEW."authority", NEW."source", NEW."source_url", NEW."reason", NEW."correction", NEW."replaces_id", NEW."proposed_by_id", NEW."proposed_at") OR (OLD.fate <> \'WAITING\' AND (OLD.fate, OLD.decided_by_id, OLD.decided_at, OLD.row_id, OLD.window_id) IS DISTINCT FROM (NEW.fate, NEW.decided_by_id, NEW.decided_at, NEW.row_id, NEW.window_id)))',
                    func="RAISE EXCEPTION 'what was proposed or decided about a rule is never rewritten';",
                    hash="829cfee5a2c9461a9c169fc259be697ec17aae7f",
                    operation="UPDATE",
                    pgid="pgtrigger_a_proposal_is_never_rewritten_5d693",
                    table="workflows_policychange",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(
                fields=("case", "sequence", "field"), name="one_wording_for_each_text"
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("key__isnull", True), ("text__isnull", True)),
                    models.Q(("key__isnull", False), ("text__isnull", False)),
                    _connector="OR",
                ),
                name="a_text_goes_with_its_key",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="wording",
            trigger=pgtrigger.compiler.Trigger(
                name="a_text_goes_only_by_redaction",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NEW.key IS NULL AND NEW.text IS NULL AND (NEW.id, NEW.case_id, NEW.sequence, NEW.field) = (OLD.id, OLD.case_id, OLD.sequence, OLD.field) AND EXISTS (SELECT FROM workflows_redaction AS done JOIN workflows_redactionrequest AS asked ON asked.id = done.request_id WHERE done.granted AND asked.case_id = OLD.case_id AND asked.field = OLD.field AND OLD.sequence = ANY(asked.sequences)) THEN RETURN NEW; END IF; RAISE EXCEPTION 'a text goes only by a redaction that two people decided';",
                    hash="d1e65f9803e0856e209784a2b2bce0a37392a382",
                    operation="UPDATE",
                    pgid="pgtrigger_a_text_goes_only_by_redaction_390a2",
                    table="workflows_wording",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="wording",
            trigger=pgtrigger.compiler.Trigger(
                name="wordings_are_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="70f9625829d2ac07ea4500d73c8a10527440bee9",
                    operation="DELETE",
                    pgid="pgtrigger_wordings_are_never_deleted_55dc6",
                    table="workflows_wording",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="wording",
            trigger=pgtrigger.compiler.Trigger(
                name="wordings_are_never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'this table is never emptied';",
                    hash="811383a9e95b56b827ced89c39629a2c50632886",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_wordings_are_never_emptied_79961",
                    table="workflows_wording",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(
            "INSERT INTO workflows_rulesstamp (id, stamp) VALUES (1, nextval('workflows_rules_stamp'))",
            migrations.RunSQL.noop,
        ),
    ]
