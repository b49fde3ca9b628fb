"""Messages reach a real SMTP server and a real HTTP receiver, through Airflow's notifiers."""

from __future__ import annotations

import email
import email.policy
import json
from collections import namedtuple
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from newsflow.local.postgres import free_port
from newsflow.ops.messages import Message, compose
from newsflow.ops.notify import LogNotifier, WebhookNotifier, build, send
from newsflow.settings import Settings, SettingsError
from tests.ops.receivers import Posted, http_receiver

NOW = datetime(2026, 3, 30, 3, tzinfo=timezone.utc)
FIELDS = (
    "alarm_id cause subject severity sentence opened_at resolved_at told incident_id in_all shared channel maintainer"
)
Row = namedtuple("Row", FIELDS, defaults=(None, 0, "", None, None))


def row(
    number: int, cause: str = "silent", *, over: bool = False, told: bool = False, severity: str = "warning"
) -> Row:
    sentence = f"<b>p{number}</b>.example & co is silent {{{{ 7 * 7 }}}}."
    return Row(
        number, cause, f"p{number}.example", severity, sentence, NOW - timedelta(hours=30), NOW if over else None, told
    )


def settings(*specs: dict[str, Any]) -> Settings:
    return Settings(notifiers=SecretStr(json.dumps(specs) if specs else ""))


@pytest.fixture
def messages() -> list[Message]:
    return compose([row(1), row(2)], "https://flow.example/")


@pytest.fixture
def webhook() -> Iterator[Posted]:
    """A receiver on loopback."""
    with http_receiver() as posted:
        yield posted


def address(posted: Posted) -> str:
    return f"http://127.0.0.1:{posted.port}/services/T0/secret-part"


def texts(posted: Posted) -> list[dict[str, str]]:
    return [json.loads(body) for _, body in posted.bodies]


class Mailbox:
    """Keeps the mails that a real SMTP server takes."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep one."""
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 kept"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """aiosmtpd on loopback, named by the Airflow connection news_mail."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    extra = {"disable_ssl": True, "disable_tls": True}
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MAIL", json.dumps(connection))
    yield box
    controller.stop()


MAIL = {
    "class": "airflow.providers.smtp.notifications.smtp.SmtpNotifier",
    "to": ["ops@flow.example"],
    "from_email": "news@flow.example",
    "subject": "{{ message.title }}",
    "html_content": "{{ message.html }}",
    "smtp_conn_id": "news_mail",
}
WEBHOOK = "newsflow.ops.notify.WebhookNotifier"


def sent(options: Settings, messages: Sequence[Message]) -> tuple[list[Message], list[str]]:
    """The messages that were taken, and the failures."""
    taken: list[Message] = []
    failures = send(options, messages, taken.append)
    return taken, failures


def test_one_message_a_cause_begin_and_end_apart() -> None:
    rows = [row(1), row(2), row(3, "disk", severity="critical"), row(4, over=True, told=True), row(5, over=True)]
    found = compose(rows, "https://flow.example")
    assert [(m.title, m.over, m.alarm_ids) for m in found] == [
        ("The archive's disk fills", False, (3,)),
        ("Publishers are silent (2)", False, (1, 2)),
        ("Resolved: Publishers are silent", True, (4,)),
    ]
    assert found[0].severity == "critical"
    assert found[2].lines == ("p4.example: over, after 30 hours",)


def test_a_storm_is_one_short_message() -> None:
    (found,) = compose([row(n) for n in range(500)], "https://flow.example")
    assert found.count == 500
    assert len(found.lines) == 9
    assert found.lines[-1] == "and 492 more"


def test_mail_is_text_that_nobody_can_break(messages: list[Message], mailbox: Mailbox) -> None:
    taken, failures = sent(settings(MAIL), messages)
    assert (len(taken), failures) == (1, [])
    (receivers, mail) = mailbox.mails[0]
    assert receivers == ["ops@flow.example"]
    assert mail["subject"] == "Publishers are silent (2)"
    body = mail.get_body(("html",)) or next(mail.iter_parts())
    html = body.get_content()
    assert "&lt;b&gt;p1&lt;/b&gt;.example &amp; co" in html
    assert "{{ 7 * 7 }}" in html
    assert "https://flow.example/plugin/news/newsflow/runbooks/silent" in html


def test_a_webhook_gets_slacks_json(messages: list[Message], webhook: Posted) -> None:
    sent(settings({"class": WEBHOOK, "url": address(webhook)}), messages)
    text = texts(webhook)[0]["text"]
    assert text.startswith("Publishers are silent (2)\n• &lt;b&gt;p1")
    assert "{{ 7 * 7 }}" in text


def test_the_text_of_a_webhook_is_a_template(messages: list[Message], webhook: Posted) -> None:
    spec = {
        "class": WEBHOOK,
        "url": address(webhook),
        "text": "[{{ message.severity }}] {{ message.count }} x {{ message.cause }}",
    }
    sent(settings(spec), messages)
    assert texts(webhook) == [{"text": "[warning] 2 x silent"}]


@pytest.mark.parametrize("status", [404, 500])
def test_a_refusal_is_told_without_the_secret_address(messages: list[Message], webhook: Posted, status: int) -> None:
    webhook.status = status
    taken, failures = sent(settings({"class": WEBHOOK, "url": address(webhook)}), messages)
    assert taken == []
    assert failures == [f"WebhookNotifier: the webhook refused the message with status {status}"]
    assert "secret-part" not in str(failures)


def test_an_absent_receiver_is_told_without_the_secret_address(messages: list[Message]) -> None:
    spec = {"class": WEBHOOK, "url": f"http://127.0.0.1:{free_port()}/secret-part"}
    taken, failures = sent(settings(spec), messages)
    assert taken == []
    assert "secret-part" not in str(failures)


def test_without_a_setting_the_log_is_told(messages: list[Message], caplog: pytest.LogCaptureFixture) -> None:
    assert [type(n) for n in build(settings())] == [LogNotifier]


def test_several_channels_each_get_it(messages: list[Message], webhook: Posted, mailbox: Mailbox) -> None:
    taken, failures = sent(settings({"class": WEBHOOK, "url": address(webhook)}, MAIL), messages)
    assert (len(taken), failures) == (1, [])
    assert (len(webhook.bodies), len(mailbox.mails)) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        '{"class": "x"}',
        '[{"url": "http://secret-part"}]',
        '[{"class": "no.such.Thing"}]',
        '[{"class": "json.JSONDecoder"}]',
        '[{"class": "newsflow.ops.notify.WebhookNotifier"}]',
        "[3]",
    ],
)
def test_a_wrong_setting_is_one_clear_error_without_its_value(text: str) -> None:
    with pytest.raises(SettingsError, match="NEWSFLOW_NOTIFIERS is wrong") as caught:
        build(Settings(notifiers=SecretStr(text)))
    assert "secret-part" not in str(caught.value)


def test_the_notifiers_are_airflows() -> None:
    from airflow.sdk import BaseNotifier

    assert issubclass(WebhookNotifier, BaseNotifier)
    assert WebhookNotifier.template_fields == ("text",)
