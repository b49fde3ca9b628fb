"""Notifiers: any Airflow `BaseNotifier` named in the setting `notifiers` gets each message.

Two small ones are here; e-mail is Airflow's own `SmtpNotifier`. Templated fields see `message`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import requests
from airflow.sdk import BaseNotifier

from newsflow.ops.messages import Message
from newsflow.settings import Settings, SettingsError

log = logging.getLogger(__name__)


class LogNotifier(BaseNotifier):
    """Writes the message to the task log."""

    def notify(self, context: Any) -> None:
        """Log it, as an error while it lasts."""
        message: Message = context["message"]
        log.log(logging.INFO if message.over else logging.ERROR, "%s", message.text)


class WebhookNotifier(BaseNotifier):
    """Posts `{"text": …}`, as Slack, Mattermost, Rocket.Chat and Teams' workflows take it.

    :param url: the webhook; a secret, so it never stands in a log.
    :param text: template of the text.
    """

    template_fields = ("text",)

    def __init__(self, url: str, text: str = "{{ message.text }}", timeout: float = 10.0) -> None:
        super().__init__()
        self.url, self.text, self.timeout = url, text, timeout

    def notify(self, context: Any) -> None:
        """Post it.

        :raises ConnectionError: where the receiver does not take it; without the address.
        """
        try:
            answer = requests.post(self.url, json={"text": _slack(self.text)}, timeout=self.timeout)
        except requests.RequestException as error:
            raise ConnectionError(f"the webhook does not answer ({type(error).__name__})") from None
        if not answer.ok:
            raise ConnectionError(f"the webhook refused the message with status {answer.status_code}")


def _slack(text: str) -> str:
    """Escape the three characters that Slack's markup gives a meaning."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def build(settings: Settings, channel: str = "") -> list[BaseNotifier]:
    """The notifiers of a channel; the log where the setting names none at all.

    :param channel: empty for the default one, whose notifiers name no channel.
    :raises SettingsError: where it is not a JSON list of objects with a "class" that is a BaseNotifier.
    """
    try:
        specs = _specs(settings)
        # all of them are made, so that a wrong one is found before its channel is needed
        made = [(str(spec.pop("channel", "")), _one(spec)) for spec in specs]
    except (ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
        raise SettingsError(f"NEWSFLOW_NOTIFIERS is wrong ({type(error).__name__}); see docs/operations.md") from None
    return [notifier for name, notifier in made if name == channel] or [LogNotifier()]


def channels(settings: Settings) -> frozenset[str]:
    """The names of the channels that the setting names; none where it can't be read, which `build` tells."""
    try:
        return frozenset(str(spec.get("channel", "")) for spec in _specs(settings)) - {""}
    except (ValueError, TypeError, AttributeError):
        return frozenset()


def _specs(settings: Settings) -> list[dict[str, Any]]:
    return [dict(spec) for spec in json.loads(settings.notifiers.get_secret_value() or "[]")]


def _one(spec: dict[str, Any]) -> BaseNotifier:
    module, _, name = str(spec.pop("class")).rpartition(".")
    made = getattr(import_module(module), name)(**spec)
    if not isinstance(made, BaseNotifier):
        raise TypeError(f"{name} is no BaseNotifier")
    return made


def send(settings: Settings, messages: Sequence[Message]) -> tuple[list[Message], list[str]]:
    """Send each message by each notifier of its channel; gives the messages that at least one took, and the failures.

    Notifiers are made anew for each message: Airflow renders their templates in place.
    """
    taken, failures = [], []
    for message in messages:
        errors = []
        notifiers = build(settings, message.channel)
        for notifier in notifiers:
            try:
                notifier({"message": message})
            except Exception as error:
                errors.append(f"{type(notifier).__name__}: {error}")
        failures += errors
        if len(errors) < len(notifiers):
            taken.append(message)
    return taken, failures
