from django.db import migrations, models

from alleviation.common.guard import writing
from alleviation.common.initials import InitialsField, initials_of

# The Chinese name of each table.
NAMES = {
    "Alliance": "title_zh",
    "Division": "name",
    "FundingSource": "name_zh",
    "Official": "name_zh",
    "Organisation": "name_zh",
    "PartyBranch": "name_zh",
    "Project": "name_zh",
}
BATCH = 2000


def fill(apps, schema_editor):
    """Derive the initials of the names that are there, batch by batch: the nation has 665,000 places.

    No event tells of it: they are for finding alone, and no fact of a record.
    """
    with writing():
        for label, name in NAMES.items():
            fill_table(apps.get_model("projects", label), name, schema_editor.connection)


def fill_table(model, name, connection):
    rows = model.objects.using(connection.alias).exclude(**{name: ""}).order_by("pk").values_list("pk", name)
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1][0]
        found = [(initials_of(text), number) for number, text in batch]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # All of a batch in one statement: it has a server to go to.
                marks = ", ".join(["(%s, %s)"] * len(found))
                sql = f"UPDATE {model._meta.db_table} t SET initials = v.column1 FROM (VALUES {marks}) v WHERE t.id = v.column2"
                cursor.execute(sql, [value for pair in found for value in pair])
            else:
                cursor.executemany(f"UPDATE {model._meta.db_table} SET initials = %s WHERE id = %s", found)


class Migration(migrations.Migration):
    """Places, projects, organisations, branches, people and alliances are found by the initials of their pinyin."""

    dependencies = [
        ("projects", "0005_found_by_beginnings"),
    ]

    operations = [
        migrations.AddField("alliance", "initials", InitialsField(of="title_zh")),
        migrations.AddField("division", "initials", InitialsField(of="name")),
        migrations.AddField("fundingsource", "initials", InitialsField(of="name_zh")),
        migrations.AddField("official", "initials", InitialsField(of="name_zh")),
        migrations.AddField("organisation", "initials", InitialsField(of="name_zh")),
        migrations.AddField("partybranch", "initials", InitialsField(of="name_zh")),
        migrations.AddField("project", "initials", InitialsField(of="name_zh")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="division",
            index=models.Index(fields=["initials"], name="division_initials", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="alliance",
            index=models.Index(fields=["title"], name="alliance_name_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="alliance",
            index=models.Index(fields=["title_zh"], name="alliance_chinese_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="alliance",
            index=models.Index(
                fields=["initials"], name="alliance_initials_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="official",
            index=models.Index(fields=["name"], name="official_name_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="official",
            index=models.Index(fields=["name_zh"], name="official_chinese_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="official",
            index=models.Index(
                fields=["initials"], name="official_initials_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["name"], name="organisation_name_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                fields=["name_zh"], name="organisation_chinese_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                fields=["initials"], name="organisation_initials_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="partybranch",
            index=models.Index(fields=["name"], name="branch_name_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="partybranch",
            index=models.Index(fields=["name_zh"], name="branch_chinese_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="partybranch",
            index=models.Index(fields=["initials"], name="branch_initials_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["name"], name="project_name_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["name_zh"], name="project_chinese_begins", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["initials"], name="project_initials_begins", opclasses=["varchar_pattern_ops"]),
        ),
    ]
