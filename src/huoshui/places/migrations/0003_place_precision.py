from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0002_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="precision",
            field=models.CharField(choices=[("exact", "准确"), ("schematic", "示意")], default="exact", max_length=12),
        ),
    ]
