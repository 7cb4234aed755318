from django.db import migrations, models


class Migration(migrations.Migration):
    """Households are found by how their number begins, and by their status, however many there are."""

    dependencies = [
        ("beneficiaries", "0006_cells_of_incomes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["number"], name="household_number", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["status", "village"], name="household_status"),
        ),
    ]
