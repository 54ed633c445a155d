from django.db import migrations, models


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
    ]
