"""The coins, old tickers and spellings Pebble starts with. Rows that exist are left as they are."""

from django.db import migrations

from markets import seeds

KINDS = (("stablecoin", seeds.STABLECOINS), ("fiat", seeds.FIAT), ("wrapped", seeds.WRAPPED), ("coin", seeds.COINS))


def load(apps, schema_editor):
    asset_model, alias_model = apps.get_model("markets", "Asset"), apps.get_model("markets", "AssetAlias")
    rows = [asset_model(slug=ticker.lower(), ticker=ticker, name=name, kind=kind) for kind, names in KINDS for ticker, name in names.items()]
    asset_model.objects.bulk_create(rows, ignore_conflicts=True)
    by_ticker = {asset.ticker: asset for asset in asset_model.objects.all()}
    aliases = [alias_model(asset=by_ticker[new], text=old, kind="former", valid_to=day, factor=factor) for old, new, day, factor in seeds.RENAMED]
    for kind, words in (("ticker", seeds.SPELLINGS), ("name", seeds.NAMES), ("misspelling", seeds.MISSPELLINGS)):
        aliases += [alias_model(asset=by_ticker[ticker], text=text, kind=kind) for text, ticker in words]
    alias_model.objects.bulk_create(aliases, ignore_conflicts=True)
    apps.get_model("markets", "Setting").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("markets", "0002_postgres_storage")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
