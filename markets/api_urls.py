"""The API under /api/."""

urlpatterns: list = []
