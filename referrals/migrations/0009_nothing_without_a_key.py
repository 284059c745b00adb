from django.db import migrations

import referrals.models.keys


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_encrypt")]

    operations = [
        migrations.AlterField("document", "key", referrals.models.keys.KeyField(related_name="+")),
        migrations.AlterField("organization", "key", referrals.models.keys.KeyField(related_name="+")),
        migrations.AlterField(
            "organization", "look_up_key", referrals.models.keys.KeyField(related_name="+")
        ),
        migrations.AlterField("person", "key", referrals.models.keys.KeyField(related_name="+")),
    ]
