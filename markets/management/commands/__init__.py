"""Commands: run, poll, healthcheck, bench."""
