"""A code may mean a coin and a share of the same letters; daily candles are kept for so many days."""

from django.db import migrations, models


def fill_families(apps, schema_editor):
    codes = apps.get_model("markets", "ExchangeAsset").objects
    for family in ("leveraged", "tokenised"):
        codes.filter(asset__kind=family).update(family=family)


class Migration(migrations.Migration):

    dependencies = [
        ('exchanges', '0002_everything_published'),
        ('markets', '0005_everything_published'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='exchangeasset',
            name='one_meaning_per_code',
        ),
        migrations.AddField(
            model_name='exchangeasset',
            name='family',
            field=models.CharField(choices=[('coin', 'Coin'), ('leveraged', 'Leveraged token'), ('tokenised', 'Tokenised share')], default='coin', editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name='setting',
            name='day_candles_d',
            field=models.PositiveIntegerField(default=1095, verbose_name='keep daily candles, days'),
        ),
        migrations.AddConstraint(
            model_name='exchangeasset',
            constraint=models.UniqueConstraint(fields=('exchange', 'code', 'family'), name='one_meaning_per_code'),
        ),
        migrations.RunPython(fill_families, migrations.RunPython.noop),
    ]
