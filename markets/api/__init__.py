"""The API under /api/: addresses, parameters, rows as JSON, schema, examples, reference."""
