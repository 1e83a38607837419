"""How to talk to exchanges; knows nothing of what prices mean."""
