"""Commands: parse, simulate."""
