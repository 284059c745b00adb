"""What people read of a rule or a closure is kept in each language: {"en": "...", "es": "..."}."""

from typing import Any

from django.db import migrations, models

TEXTS = {
    "policy": {"label": "labels", "note": "notes", "source": "sources"},
    "tollingwindow": {"reason": "reasons", "authority": "authorities"},
}


def say_in_english(apps: Any, schema_editor: Any) -> None:
    """Plain texts were English; `load_policies` adds the other languages."""
    for model, texts in TEXTS.items():
        for row in apps.get_model("workflows", model).objects.all():
            for old, new in texts.items():
                setattr(row, new, {"en": getattr(row, old)} if getattr(row, old) else {})
            if model == "policy" and row.key == "agency.escalation" and isinstance(row.value, dict):
                text = row.value.get("text", "")
                row.value["text"] = {"en": text} if isinstance(text, str) else text
            row.save()


def keep_the_english(apps: Any, schema_editor: Any) -> None:
    for model, texts in TEXTS.items():
        for row in apps.get_model("workflows", model).objects.all():
            for old, new in texts.items():
                setattr(row, old, getattr(row, new).get("en", ""))
            if model == "policy" and row.key == "agency.escalation" and isinstance(row.value, dict):
                row.value["text"] = row.value.get("text", {}).get("en", "")
            row.save()


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]

    operations = [
        migrations.AddField("policy", "labels", models.JSONField(default=dict)),
        migrations.AddField("policy", "notes", models.JSONField(blank=True, default=dict)),
        migrations.AddField("policy", "sources", models.JSONField(blank=True, default=dict)),
        migrations.AddField("tollingwindow", "reasons", models.JSONField(default=dict)),
        migrations.AddField("tollingwindow", "authorities", models.JSONField(default=dict)),
        migrations.AlterField("policy", "label", models.CharField(default="", max_length=200)),
        migrations.AlterField("tollingwindow", "reason", models.CharField(default="", max_length=300)),
        migrations.AlterField("tollingwindow", "authority", models.CharField(default="", max_length=300)),
        migrations.RunPython(say_in_english, keep_the_english),
        migrations.RemoveField("policy", "label"),
        migrations.RemoveField("policy", "note"),
        migrations.RemoveField("policy", "source"),
        migrations.RemoveField("tollingwindow", "reason"),
        migrations.RemoveField("tollingwindow", "authority"),
        migrations.AlterField("policy", "labels", models.JSONField()),
    ]
