"""Gaps that paid, and the settings they are judged by."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('markets', '0010_volumes'),
    ]

    operations = [
        migrations.AddField(
            model_name='setting',
            name='arbitrage_announce_after',
            field=models.PositiveIntegerField(default=2, verbose_name='a gap counts after so many snapshots in a row'),
        ),
        migrations.AddField(
            model_name='setting',
            name='arbitrage_min_usd',
            field=models.DecimalField(decimal_places=2, default=50, max_digits=20, verbose_name='a gap must fill at least, USD'),
        ),
        migrations.AddField(
            model_name='setting',
            name='arbitrage_skew_s',
            field=models.PositiveIntegerField(default=10, verbose_name='legs of a gap are seen within, seconds'),
        ),
        migrations.AddField(
            model_name='setting',
            name='arbitrage_suspect_major_pct',
            field=models.DecimalField(decimal_places=3, default=5, max_digits=6, verbose_name='a gap is suspect beyond, major, %'),
        ),
        migrations.AddField(
            model_name='setting',
            name='arbitrage_suspect_pct',
            field=models.DecimalField(decimal_places=3, default=10, max_digits=6, verbose_name='a gap is suspect beyond, others, %'),
        ),
        migrations.AddField(
            model_name='setting',
            name='episodes_kept_d',
            field=models.PositiveIntegerField(default=30, verbose_name='keep gaps that are over, days'),
        ),
        migrations.AddField(
            model_name='setting',
            name='transfer_minutes',
            field=models.PositiveIntegerField(default=10, verbose_name='coins travel for, minutes'),
        ),
        migrations.AddField(
            model_name='setting',
            name='unknown_fee_pct',
            field=models.DecimalField(decimal_places=3, default='0.2', max_digits=6, verbose_name='taker fee where none is known, %'),
        ),
        migrations.CreateModel(
            name='Episode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=300)),
                ('kind', models.CharField(max_length=10)),
                ('base', models.CharField(max_length=60)),
                ('quote', models.CharField(max_length=60)),
                ('buy_exchange', models.CharField(max_length=40)),
                ('sell_exchange', models.CharField(max_length=40)),
                ('born_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('observed_at', models.DateTimeField(help_text="When the last counted snapshot's youngest price was true.")),
                ('snapshots', models.PositiveIntegerField(help_text='In a row, each with newer prices on every side.')),
                ('net', models.DecimalField(blank=True, decimal_places=18, max_digits=38, null=True)),
                ('best_net', models.DecimalField(blank=True, decimal_places=18, max_digits=38, null=True)),
                ('peak_at', models.DateTimeField()),
                ('peak_profit', models.DecimalField(blank=True, decimal_places=18, max_digits=38, null=True)),
                ('best_class', models.CharField(max_length=12)),
                ('half_at', models.DateTimeField(null=True)),
                ('died_at', models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                'ordering': ('-born_at', '-id'),
                'indexes': [models.Index(fields=['name', 'born_at'], name='episodes_of_a_route')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('died_at__isnull', True)), fields=('name',), name='one_episode_alive_per_route')],
            },
        ),
    ]
