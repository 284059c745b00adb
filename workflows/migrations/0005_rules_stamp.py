import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0004_daily_heads_and_redactions"),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE workflows_rules_stamp", "DROP SEQUENCE workflows_rules_stamp"),
        migrations.CreateModel(
            name="RulesStamp",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("stamp", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(
            "INSERT INTO workflows_rulesstamp (id, stamp) VALUES (1, nextval('workflows_rules_stamp'))",
            migrations.RunSQL.noop,
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="case",
            name="state_moves_only_with_a_step",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="case",
            trigger=pgtrigger.compiler.Trigger(
                name="state_moves_only_with_a_step",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.version IS DISTINCT FROM NEW.version OR OLD.head_hash IS DISTINCT FROM NEW.head_hash)",
                    func="\n                    IF NEW.version <> OLD.version + 1 OR NOT EXISTS (\n                        SELECT FROM workflows_step\n                        WHERE case_id = NEW.id AND sequence = NEW.version\n                            AND to_state = NEW.state AND hash = NEW.head_hash\n                    ) THEN\n                        RAISE EXCEPTION 'a state changes only together with a step';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="0bd79700c01fa8dc90b0005400589a5706b8ad5e",
                    operation="UPDATE",
                    pgid="pgtrigger_state_moves_only_with_a_step_0909b",
                    table="workflows_case",
                    when="AFTER",
                ),
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
    ]
