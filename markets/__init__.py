"""What the prices mean."""
