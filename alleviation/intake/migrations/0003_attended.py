from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0002_language'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='is_attended',
            field=models.BooleanField(default=False, editable=False, help_text='By the command that handed it in, not by a worker.', verbose_name='attended'),
        ),
    ]
