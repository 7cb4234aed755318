from django.db import migrations, models

RARE = ["downloaded", "removed", "revealed", "sign_in_failed", "signed_in", "signed_out"]


class Migration(migrations.Migration):
    """What one person did, and who looked or came in, is found however long the trail is."""

    dependencies = [
        ("audit", "0003_bind_the_trail"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["actor", "id"], name="event_actor"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(condition=models.Q(("verb__in", RARE)), fields=["verb", "id"], name="event_rare_verb"),
        ),
    ]
