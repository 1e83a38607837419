"""The meaning of prices: pure functions over frozen values. `now` and the settings come in as arguments."""
