from django.db import migrations, models


class Migration(migrations.Migration):
    """Vouchers and names are found by how they begin, and the newest entries come first, however many there are."""

    dependencies = [
        ("projects", "0004_money_cells"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="ledgerentry", name="entry_voucher"),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voucher", ""), _negated=True),
                fields=("voucher",),
                name="entry_voucher",
                opclasses=["varchar_pattern_ops"],
                violation_error_message="This voucher is in the ledger already.",
            ),
        ),
        migrations.RemoveIndex(model_name="ledgerentry", name="entry_pending"),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("state__in", ["draft", "returned", "submitted", "withdrawn"])),
                fields=["state", "division"],
                name="entry_pending",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["year", "booked_on", "id"], name="entry_newest"),
        ),
        migrations.RemoveIndex(model_name="division", name="division_name"),
        migrations.AddIndex(
            model_name="division",
            index=models.Index(fields=["name"], name="division_name", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="division",
            index=models.Index(
                condition=models.Q(("name_en", ""), _negated=True),
                fields=["name_en"],
                name="division_name_en",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
    ]
