"""An Airflow whose users are FAB's, as a browser and as the admin's scripts see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import requests

from tests.waiting import PATIENCE_S

_CSRF = re.compile(r'name="(?:csrf|csrf_token)"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class FabAirflow:
    """Where it answers, and the password of `admin`; that of any other user is the name and "-secret"."""

    url: str
    admin_password: str

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """As the admin's scripts do, with a token."""
        secret = {"username": "admin", "password": self.admin_password}
        token = requests.post(f"{self.url}/auth/token", json=secret, timeout=PATIENCE_S).json()["access_token"]
        head = {"Authorization": f"Bearer {token}"}
        answer = requests.post(f"{self.url}{path}", json=body, headers=head, timeout=PATIENCE_S)
        answer.raise_for_status()
        return answer.json()

    def add_user(self, name: str, role: str) -> None:
        """By FAB's own API."""
        user = {"username": name, "first_name": name, "last_name": name, "email": f"{name}@example.org"}
        self.post("/auth/fab/v1/users", {**user, "password": f"{name}-secret", "roles": [{"name": role}]})

    def start(self, dag_id: str, run_id: str) -> None:
        """Queue a run of a Dag."""
        self.post(f"/api/v2/dags/{dag_id}/dagRuns", {"dag_run_id": run_id, "logical_date": None})

    def logged_in(self, name: str, **headers: str) -> requests.Session:
        """A client that filled in the login form.

        :param headers: what a proxy would add.
        """
        client, address = requests.Session(), f"{self.url}/auth/login/"
        client.headers.update(headers)
        form = client.get(address, timeout=PATIENCE_S)
        data = {"username": name, "password": f"{name}-secret", "csrf_token": form_token(form.text)}
        client.post(address, data=data, timeout=PATIENCE_S).raise_for_status()
        assert "_token" in client.cookies
        return client


def form_token(page: str) -> str:
    """The token that a page's forms carry; "" where it has none."""
    found = _CSRF.search(page)
    return found[1] if found else ""
