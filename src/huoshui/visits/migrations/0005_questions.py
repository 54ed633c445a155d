import django.db.models.deletion
from django.db import migrations, models

import huoshui.kernel.clock
import huoshui.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0004_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="day",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="answer",
            name="text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.CreateModel(
            name="Chosen",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=huoshui.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=huoshui.kernel.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("item", models.CharField(max_length=40)),
                ("option", models.CharField(max_length=40)),
                (
                    "visit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="visits.visit"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["item", "option"], name="chosen_option")],
                "constraints": [models.UniqueConstraint(fields=("visit", "item", "option"), name="chosen_once")],
            },
        ),
    ]
