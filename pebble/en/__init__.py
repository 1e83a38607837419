"""Words of the language the admin speaks."""
