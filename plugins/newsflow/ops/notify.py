"""Notifiers: any Airflow `BaseNotifier` named in the setting `notifiers` gets each message.

Two small ones are here; e-mail is Airflow's own `SmtpNotifier`. Templated fields see `message`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
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
        :raises TimeoutError: where it does not answer in time.
        """
        body = {"text": _slack(self.text)}
        try:
            # the status is enough: a body that drips would hold us for as long as it likes
            with requests.post(self.url, json=body, timeout=self.timeout, stream=True) as answer:
                pass
        except requests.Timeout:
            raise TimeoutError(f"the webhook does not answer within {self.timeout:.0f} s") from None
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


def send(settings: Settings, messages: Sequence[Message], taken: Callable[[Message], None]) -> list[str]:
    """Send each message by each notifier of its channel; gives the failures.

    Notifiers are made anew for each message: Airflow renders their templates in place. One that hangs is not asked
    again in this call, as a watch must not wait for it once for each message.

    :param taken: called after each message that at least one notifier took, so that a kill repeats no more than one.
    """
    failures: list[str] = []
    hanging: set[tuple[str, int]] = set()
    for message in messages:
        notifiers = build(settings, message.channel)
        errors = [_error(n, message, hanging, (message.channel, place)) for place, n in enumerate(notifiers)]
        failures += [error for error in errors if error]
        if not all(errors):
            taken(message)
    return failures


def _error(notifier: BaseNotifier, message: Message, hanging: set[tuple[str, int]], place: tuple[str, int]) -> str:
    """What went wrong, empty for nothing."""
    name = type(notifier).__name__
    if place in hanging:
        return f"{name}: left out, as it did not answer before"
    try:
        notifier({"message": message})
    except TimeoutError as error:
        hanging.add(place)
        return f"{name}: {error}"
    except Exception as error:
        return f"{name}: {error}"
    return ""
