from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0001_initial'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='importrun',
            name='is_stopping',
        ),
        migrations.AddField(
            model_name='importrun',
            name='language',
            field=models.CharField(default='en', editable=False, help_text='In which its faults are told.', max_length=10, verbose_name='language'),
        ),
    ]
