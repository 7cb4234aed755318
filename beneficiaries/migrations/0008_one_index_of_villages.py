import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The households of a village are found by the rule that it has each number once."""

    dependencies = [
        ("beneficiaries", "0007_found_by_number"),
        ("projects", "0005_found_by_beginnings"),
    ]

    operations = [
        migrations.AlterField(
            model_name="household",
            name="village",
            field=models.ForeignKey(
                db_index=False,
                limit_choices_to={"level": 5},
                on_delete=django.db.models.deletion.PROTECT,
                related_name="households",
                to="projects.division",
                verbose_name="village",
            ),
        ),
    ]
