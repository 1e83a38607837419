"""Evidence of identity by kind, renamings of codes, and what operators decided."""

import django.db.models.deletion
from django.db import migrations, models


def name_what_decided(apps, schema_editor):
    codes = apps.get_model("markets", "ExchangeAsset").objects
    codes.filter(decided=True).update(basis="operator")
    codes.filter(decided=False, state__in=("probable", "conflicted")).update(basis="price", prices=models.F("state"))


class Migration(migrations.Migration):

    dependencies = [
        ('markets', '0008_peg_bands'),
    ]

    operations = [
        migrations.AddField(
            model_name='exchangeasset',
            name='basis',
            field=models.CharField(blank=True, choices=[('', 'Nothing yet'), ('operator', "An operator's decision"), ('contract', 'Contract address'), ('index', 'Index of a perpetual'), ('name', 'Full name'), ('price', 'Prices')], default='', editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name='exchangeasset',
            name='prices',
            field=models.CharField(choices=[('confirmed', 'Confirmed'), ('probable', 'Probable'), ('conflicted', 'Conflicted'), ('unknown', 'Unknown')], default='unknown', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='exchangeasset',
            name='since',
            field=models.DateTimeField(editable=False, help_text='Since when the state is what it is.', null=True),
        ),
        migrations.CreateModel(
            name='Renaming',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('symbol', models.CharField(max_length=60)),
                ('seen_at', models.DateTimeField()),
                ('verdict', models.CharField(blank=True, choices=[('', 'Not decided'), ('same', 'The same coin under a new ticker'), ('other', 'Another coin')], default='', max_length=10)),
                ('new', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renamed_from', to='markets.exchangeasset')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renamed_to', to='markets.exchangeasset')),
            ],
            options={
                'ordering': ('-seen_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('who', models.CharField(max_length=150)),
                ('action', models.CharField(choices=[('accept', 'Accepted'), ('split', 'Split'), ('ignore', 'Kept apart'), ('join', 'Joined')], max_length=10)),
                ('said', models.CharField(max_length=300)),
                ('before', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(null=True)),
                ('code', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='markets.exchangeasset')),
                ('renaming', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='markets.renaming')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.AddConstraint(
            model_name='renaming',
            constraint=models.UniqueConstraint(fields=('old', 'new'), name='one_row_per_renaming'),
        ),
        migrations.RunPython(name_what_decided, migrations.RunPython.noop),
    ]
