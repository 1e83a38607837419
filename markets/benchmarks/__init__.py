"""`manage.py bench`: one module per figure; each `run()` yields figures that stand beside a rival or a floor of the same run."""
