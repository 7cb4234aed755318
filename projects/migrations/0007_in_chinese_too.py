from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0006_found_by_initials"),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="attribute_zh",
            field=models.CharField(blank=True, max_length=300, verbose_name="fact in Chinese"),
        ),
        migrations.AddField(
            model_name="claim",
            name="subject_zh",
            field=models.CharField(blank=True, max_length=200, verbose_name="subject in Chinese"),
        ),
        migrations.AddField(
            model_name="milestone",
            name="title_zh",
            field=models.CharField(blank=True, max_length=200, verbose_name="Chinese title"),
        ),
    ]
