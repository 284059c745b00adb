import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0002_delivery"),
        ("notifications", "0003_marks"),
    ]
    initial = True

    dependencies = [
        ("notifications", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="failingaddress",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="failing_addresses",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notification_incidents",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="incidentnote",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="incidentnote",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="notifications.incident"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="again_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sent_again",
                to="notifications.message",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="digest",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="carried",
                to="notifications.message",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages_received",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="keptmail",
            name="message",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="kept_mail",
                to="notifications.message",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="message",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="incidents",
                to="notifications.message",
            ),
        ),
        migrations.AddField(
            model_name="bounce",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bounces",
                to="notifications.message",
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="notifications.message"
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notification_preferences",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notification_schedule",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="failingaddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mended_at__isnull", True)),
                fields=("user", "fingerprint"),
                name="an_address_fails_once_at_a_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="failingaddress",
            trigger=pgtrigger.compiler.Trigger(
                name="failing_addresses_are_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="3a24506454638f0c2d1f74f3e04608c6f103710a",
                    operation="DELETE",
                    pgid="pgtrigger_failing_addresses_are_never_deleted_72158",
                    table="notifications_failingaddress",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="a_note_says_something"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incidentnote",
            trigger=pgtrigger.compiler.Trigger(
                name="notes_are_only_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="708686756e6da6ebcae0a856ceddc0c2903377e6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_notes_are_only_added_0f4a3",
                    table="notifications_incidentnote",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["PENDING", "LEASED"])),
                fields=["-urgent", "next_try_at", "id"],
                name="messages_to_deliver",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "GATHERED")),
                fields=["next_try_at"],
                name="messages_for_a_summary",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("digest__isnull", False)), fields=["digest"], name="messages_of_a_summary"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("again_of__isnull", False)),
                fields=["again_of"],
                name="messages_sent_again",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("channel", "inbox")),
                fields=["recipient", "-sent_at"],
                name="messages_in_an_inbox",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["about"], name="messages_about_a_case"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("effect_key",), name="an_effect_is_told_once"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["inbox", "email"])), name="a_channel_is_inbox_or_email"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["PENDING", "LEASED", "GATHERED", "SENT", "BOUNCED", "FAILED", "SKIPPED"])
                ),
                name="a_message_is_in_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel", "inbox"),
                    models.Q(("body", ""), ("context", {}), ("subject", "")),
                    _connector="OR",
                ),
                name="only_the_inbox_carries_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "inbox"), _negated=True),
                    models.Q(("subject", ""), _negated=True),
                    _connector="OR",
                ),
                name="an_inbox_message_has_a_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length(
                        django.db.models.functions.comparison.Cast("context", models.TextField())
                    ),
                    2000,
                ),
                name="the_context_of_a_message_is_small",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("link__regex", "^/($|[^/\\\\])")), name="a_link_stays_on_this_site"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "LEASED"), models.Q(("leased_by", ""), _negated=True)),
                    models.Q(models.Q(("state", "LEASED"), _negated=True), ("leased_by", "")),
                    _connector="OR",
                ),
                name="only_a_leased_message_names_its_relay",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", False), ("state__in", ["SENT", "BOUNCED"])),
                    models.Q(
                        models.Q(("state__in", ["SENT", "BOUNCED"]), _negated=True), ("sent_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="what_went_out_and_nothing_else_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("read_at__isnull", True),
                    models.Q(("channel", "inbox"), ("state", "SENT")),
                    _connector="OR",
                ),
                name="only_a_message_in_the_inbox_is_read",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("mandatory", True), ("state", "SKIPPED"), _negated=True),
                name="a_mandatory_message_is_never_skipped",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "GATHERED"), _negated=True),
                    models.Q(("channel", "email"), ("mandatory", False), ("urgent", False)),
                    _connector="OR",
                ),
                name="only_mail_waits_for_a_summary",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "BOUNCED"), _negated=True), ("channel", "email"), _connector="OR"
                ),
                name="only_mail_comes_back",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="messages_are_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="b4a39069a8d30c2887e65d6267cb6054e2b420b4",
                    operation="DELETE",
                    pgid="pgtrigger_messages_are_never_deleted_9ff6d",
                    table="notifications_message",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="what_was_told_is_never_rewritten",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."effect_key" IS DISTINCT FROM (NEW."effect_key") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."event" IS DISTINCT FROM (NEW."event") OR OLD."recipient_id" IS DISTINCT FROM (NEW."recipient_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."about" IS DISTINCT FROM (NEW."about") OR OLD."link" IS DISTINCT FROM (NEW."link") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."context" IS DISTINCT FROM (NEW."context") OR OLD."mandatory" IS DISTINCT FROM (NEW."mandatory") OR OLD."letter" IS DISTINCT FROM (NEW."letter") OR OLD."again_of_id" IS DISTINCT FROM (NEW."again_of_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."send_after" IS DISTINCT FROM (NEW."send_after"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="00ae6d54d45473a7c10ff285ee5859c83eca34e2",
                    operation="UPDATE",
                    pgid="pgtrigger_what_was_told_is_never_rewritten_907be",
                    table="notifications_message",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="keptmail",
            index=models.Index(fields=["-at"], name="kept_mail_newest_first"),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolution", ""), ("resolved_at__isnull", True)),
                    models.Q(("resolved_at__isnull", False), models.Q(("resolution", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_resolved_incident_and_no_other_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at__isnull", True)),
                fields=("message",),
                name="a_message_has_one_unresolved_incident",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="incidents_are_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="3bc3bf5cda6c3c75237dbbd65074e5a0e9440a99",
                    operation="DELETE",
                    pgid="pgtrigger_incidents_are_never_deleted_47147",
                    table="notifications_incident",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="what_went_wrong_is_never_rewritten",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."message_id" IS DISTINCT FROM (NEW."message_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d0633cd8472cccd327254019d69e13deb92edaf5",
                    operation="UPDATE",
                    pgid="pgtrigger_what_went_wrong_is_never_rewritten_dacc2",
                    table="notifications_incident",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="bounce",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["hard", "soft", "delayed", "complaint"])),
                name="a_bounce_is_of_a_known_kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bounce",
            trigger=pgtrigger.compiler.Trigger(
                name="bounces_are_only_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="84d931fc087a359b6cbe6c938277564d8719af95",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_bounces_are_only_added_e6047",
                    table="notifications_bounce",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["ok", "temporary", "permanent", "in_doubt"])),
                name="an_attempt_has_a_known_outcome",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attempt",
            trigger=pgtrigger.compiler.Trigger(
                name="attempts_are_only_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="61388d2fa23117851c1cf37729be9370524bc6bb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_attempts_are_only_added_29970",
                    table="notifications_attempt",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(
                fields=("user", "event", "channel"), name="a_person_decides_once_for_an_event_and_channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["inbox", "email"])),
                name="a_preference_is_for_a_known_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                    models.Q(
                        ("quiet_from__isnull", False),
                        ("quiet_until__isnull", False),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="quiet_hours_have_a_beginning_and_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("hour__lte", 23), ("weekday__lte", 6)),
                name="a_summary_has_a_day_and_an_hour",
            ),
        ),
    ]
