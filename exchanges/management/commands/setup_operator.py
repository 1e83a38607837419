"""The first account: name `operator`, a random password, kept in the data folder for the person who started Pebble."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser

NAME = "operator"


class Command(BaseCommand):
    """Idempotent: does nothing once anybody may administrate."""

    help = "Make the operator's account if nobody may administrate yet; its password is printed once and kept in operator.txt."

    def add_arguments(self, parser: CommandParser) -> None:
        """For a service, whose output is a log that others read."""
        parser.add_argument("--unseen", action="store_true", help="say where the password is and do not print it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account, or say where its password is."""
        users = get_user_model().objects
        path = Path(settings.DATA_DIR) / "operator.txt"
        if users.filter(is_superuser=True, is_active=True).exists():
            self.stdout.write(f"operator account: exists (its first password: {path})" if path.exists() else "operator account: exists")
            return
        password = _kept(path) or _keep(path, secrets.token_urlsafe(12))
        users.create_superuser(NAME, password=password)
        told = f"in {path}" if options["unseen"] else f"{password}  (kept in {path})"
        self.stdout.write(f"operator account: {NAME}  password: {told}")


def _kept(path: Path) -> str:
    """The password made for the other market's database, so that one installation has one."""
    return path.read_text().split()[-1] if path.exists() else ""


def _keep(path: Path, password: str) -> str:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{NAME} {password}\n")
    return password
