"""Airflow's user `admin` under FAB: `admin.py` makes it, or sets its password again. Safe to repeat.

The password is that of AIRFLOW_ADMIN_PASSWORD. Where that is empty, a new user gets a generated one, which is told this
once, and one who is there keeps theirs. A house that renamed or deleted `admin`, and has another active user with the
role Admin, gets no second one: a start must not give back what was taken away.
One process, since `airflow users create` imports all of Airflow each time.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
from typing import Any

USER, ROLE = "admin", "Admin"


def main() -> int:
    """The exit code."""
    logging.disable(logging.INFO)  # FAB tells of each of its 150 permissions
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        sys.stdout.write(f"{settle(builder.sm, os.environ.get('AIRFLOW_ADMIN_PASSWORD', ''))}\n")
    return 0


def settle(manager: Any, password: str) -> str:
    """Make the user or set the password; what was done, in a sentence.

    :param manager: FAB's security manager; making it also made the roles (Viewer, User, Op, Admin).
    :raises SystemExit: where FAB refuses.
    """
    user = manager.find_user(USER)
    if user and not password:
        return f"The user {USER} keeps its password."
    if user:
        manager.reset_password(user.id, password)
        return f"The user {USER} has the password of AIRFLOW_ADMIN_PASSWORD."
    if others := admins(manager):
        return f"Made no user {USER}: {others[0]} has the role {ROLE}."
    given = password or secrets.token_urlsafe(18)
    if not manager.add_user(USER, USER, "of Airflow", free_email(manager), manager.find_role(ROLE), given):
        raise SystemExit(f"FAB made no user {USER}: see above")
    return f"Made the user {USER}, " + ("with the password of AIRFLOW_ADMIN_PASSWORD." if password else once(given))


def admins(manager: Any) -> list[str]:
    """The active users who may do all, by name."""
    return [user.username for user in manager.get_all_users() if user.active and ROLE in map(str, user.roles)]


def free_email(manager: Any) -> str:
    """AIRFLOW_ADMIN_EMAIL, or one that nobody reads; FAB takes each address once, so another one where it is taken."""
    email = os.environ.get("AIRFLOW_ADMIN_EMAIL") or f"{USER}@localhost.localdomain"
    return f"{USER}-{secrets.token_hex(4)}@localhost.localdomain" if manager.find_user(email=email) else email


def once(password: str) -> str:
    """How a generated password is told."""
    return f"with the password {password} (told this once: keep it, or set AIRFLOW_ADMIN_PASSWORD)."


if __name__ == "__main__":
    sys.exit(main())
