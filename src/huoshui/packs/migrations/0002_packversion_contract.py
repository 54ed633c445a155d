from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("packs", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="packversion",
            name="contract",
            # What was stored before the number was kept was written with the first contract.
            field=models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
    ]
