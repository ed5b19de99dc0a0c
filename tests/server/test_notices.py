"""Notices: who is told what, by real mails and webhooks, and what becomes of those that cannot be sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import text
from typer.testing import CliRunner

from dashwright.pipelines.errors import SetupError
from dashwright.server.access import Role
from dashwright.server.cli.app import app
from dashwright.server.doctor import mail
from dashwright.server.notices.events import Event, line
from dashwright.server.notices.hooks import MOST_FAILURES, secret_of
from dashwright.server.notices.nouns import Delivery, Outcome, Webhook
from dashwright.server.notices.retrying import ATTEMPTS, HORIZON, again, pause_after
from dashwright.server.nouns import Job, User
from dashwright.server.settings import Settings, load
from dashwright.server.store import Claims, Outbox, Shares, Store, Subscriptions, Users, Webhooks
from dashwright.server.store.notices import announce
from dashwright.server.tables import JobRow
from dashwright.server.up.environment import only_plain, without_secrets
from dashwright.server.worker.courier import Courier
from tests.pipelines.providers.wire import Asked, Reply, Wire
from tests.server.api.conftest import client_of
from tests.server.conftest import fresh_database, opened_site, wait_until

from .mail_server import PASSWORD, Inbox, certificate, free_port, mail_server
from .test_store import ask, claimed, made

GUIDE = Path(__file__).parents[2] / "docs" / "notifications.md"
EVIL = 'Sales "now"\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script> \u202egnp.exe'


@dataclass
class Office:
    """A store whose notices are sent when a test says so."""

    store: Store
    settings: Settings
    inbox: Inbox

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.store)

    def courier(self, **changes: Any) -> Courier:
        return Courier(self.store, self.settings.model_copy(update=changes), lambda: None)

    def send(self, **changes: Any) -> None:
        self.courier(**changes).send_due()

    def person(self, role: Role = Role.CREATOR, name: str = "") -> User:
        return Users(self.store).add(f"{uuid4().hex[:12]}@example.org", role, name)

    def ready(self, owner: User | None, **options: Any) -> Job:
        """A dashboard whose first version is there."""
        claims = Claims(self.store)
        job = ask(self.store, owner_id=owner.id if owner else None, **options)
        claim = claimed(claims, job)
        assert claims.publish(claim, made(self.store, claim), {})
        return job

    def refreshed(self, slug: str, *, fails: bool = False, unchanged: bool = False) -> None:
        claims = Claims(self.store)
        claim = claimed(claims, self.store.refresh(slug))
        if fails:
            assert claims.fail(claim, "source", "The source 'example' answers with status 500.", {})
        else:
            version = made(self.store, claim).model_copy(update={"unchanged": unchanged})
            assert claims.publish(claim, version, {})

    def about(self, job: Job) -> list[Delivery]:
        """Deliveries that are about the dashboard of a job, the oldest first."""
        return [one for one in reversed(self.outbox.all(limit=1000)) if one.slug == job.slug]


@pytest.fixture(scope="module")
def office(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    inbox = Inbox()
    data_dir = tmp_path_factory.mktemp("office") / "data"
    with (
        mail_server(inbox) as address,
        fresh_database(cluster) as url,
        opened_site(
            data_dir,
            url,
            smtp_url=address,
            mail_from="Dashboards <dashboards@example.org>",
            public_url="https://dashboards.example.org",
        ) as site,
    ):
        yield Office(site.store, site.settings, inbox)


@pytest.fixture(autouse=True)
def empty(office: Office) -> Iterator[None]:
    """Nothing is left of one test for another."""
    office.inbox.mails.clear()
    office.inbox.raw.clear()
    yield
    office.inbox.answers.clear()
    with office.store.transaction() as session:
        session.execute(text("DELETE FROM notice_deliveries"))
        session.execute(text("DELETE FROM webhooks"))


def test_owner_gets_a_mail_that_no_title_can_bend(office: Office) -> None:
    owner = office.person(name='Ada\r\n"Lovelace" <x@example.org>')
    job = office.ready(owner, title=EVIL)
    office.send()
    (mail,) = office.inbox.mails
    assert mail["To"].addresses[0].addr_spec == owner.email
    assert len(mail["To"].addresses) == 1
    assert mail["From"] == "Dashboards <dashboards@example.org>"
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith('“Sales "now" Bcc: all@example.org')
    assert "\u202e" not in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == f"<{job.slug}.dashwright.dashboards.example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(mail[name] for name in ("Date", "Message-ID"))
    head = office.inbox.raw[0].partition(b"\r\n\r\n")[0]
    link = re.search(rb"^List-Unsubscribe: <(https://[^>]+)>\r$", head, re.MULTILINE)
    assert link is not None, "an address is never folded or encoded"
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert f"https://dashboards.example.org/d/{job.slug}" in plain.get_content()
    assert link[1].decode() in plain.get_content()
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()
    assert [one.state for one in office.about(job)] == ["sent"]


def test_failure_is_told_with_its_reason(office: Office) -> None:
    job = ask(office.store, owner_id=office.person().id, title="Sales")
    claims = Claims(office.store)
    claims.fail(claimed(claims, job), "input", "The file 'a.csv' has no rows.", {})
    office.send()
    (mail,) = office.inbox.mails
    assert mail["Subject"] == "“Sales” could not be made."
    body = mail.get_body(("plain",))
    assert body is not None
    assert "The file 'a.csv' has no rows." in body.get_content()
    assert "/d/" not in body.get_content(), "there is no page"
    assert office.store.job(job.id).sentence == "“Sales” could not be made. The file 'a.csv' has no rows."


def test_failing_refreshes_are_told_once_and_so_is_that_they_work_again(office: Office) -> None:
    owner = office.person()
    job = office.ready(owner)
    office.refreshed(job.slug, unchanged=True)
    for _ in range(3):
        office.refreshed(job.slug, fails=True)
    office.refreshed(job.slug)
    office.refreshed(job.slug)
    office.refreshed(job.slug, fails=True)
    told = [one.event for one in office.about(job)]
    assert told == ["dashboard.ready", "refresh.failed", "refresh.recovered", "refresh.failed"]


def test_people_choose_what_they_get_mail_about(office: Office) -> None:
    owner = office.person()
    Subscriptions(office.store).choose_events(owner.id, [Event.REFRESH_READY])
    job = office.ready(owner)
    office.refreshed(job.slug, fails=True)
    office.refreshed(job.slug)
    office.refreshed(job.slug, unchanged=True)
    assert [one.event for one in office.about(job)] == ["refresh.ready"]


def test_subscriber_is_told_for_as_long_as_they_may_see_it(office: Office) -> None:
    owner, reader = office.person(), office.person(Role.VIEWER)
    job = office.ready(owner, title="Ours")
    subscriptions, shares = Subscriptions(office.store), Shares(office.store)
    shares.share_with(job.slug, reader.email)
    assert subscriptions.want(job.slug, reader.id, True).subscribed
    subscriptions.want(job.slug, owner.id, False)
    office.refreshed(job.slug, fails=True)
    office.send()
    told = {mail["To"].addresses[0].addr_spec for mail in office.inbox.mails}
    assert told == {owner.email, reader.email} - {owner.email}
    office.refreshed(job.slug)
    shares.unshare(job.slug, reader.email)
    office.send()
    last = office.about(job)[-1]
    assert (last.event, last.state, last.recipient) == ("refresh.recovered", "withheld", reader.email)
    assert last.reason is not None
    assert "may not see" in last.reason
    assert len(office.inbox.mails) == 1


def test_each_is_told_once_however_many_send(office: Office) -> None:
    jobs = [office.ready(office.person(), title=f"Sales {number}") for number in range(6)]
    with office.store.transaction() as session:
        row = session.get(JobRow, UUID(jobs[0].id))
        assert row is not None
        announce(session, row, office.settings, is_good=True, was_failing=False)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: office.send(), range(4)))
    assert len({mail["Message-ID"] for mail in office.inbox.mails}) == len(office.inbox.mails) == 6


def test_mail_that_is_put_off_is_tried_again_and_one_that_is_refused_is_not(office: Office) -> None:
    job = office.ready(office.person())
    office.inbox.answers = ["451 4.3.0 Come\x1b[31m back later", "550 5.1.1 Nobody of this name"]
    office.send()
    (first,) = office.about(job)
    assert (first.state, first.attempts) == ("waiting", 1)
    assert first.reason is not None
    assert first.reason.endswith("answers 451: 4.3.0 Come [31m back later.")
    assert first.next_attempt_at is not None
    assert first.next_attempt_at > first.created_at
    office.send()
    assert office.about(job)[0].attempts == 1, "it is not due yet"
    assert office.outbox.retry() == 1
    office.send()
    (second,) = office.about(job)
    assert (second.state, second.attempts, second.next_attempt_at) == ("dead", 2, None)
    assert second.reason is not None
    assert "550" in second.reason
    office.outbox.retry()
    office.send()
    assert office.about(job)[0].state == "sent"


def test_notice_waits_for_a_mail_server_that_is_gone_and_is_given_up_in_the_end(office: Office) -> None:
    job = office.ready(office.person())
    gone = SecretStr(f"smtp://127.0.0.1:{free_port()}?tls=off")
    office.send(smtp_url=gone)
    (waits,) = office.about(job)
    assert waits.state == "waiting"
    assert waits.reason is not None
    assert "cannot be reached" in waits.reason
    with office.store.transaction() as session:
        session.execute(text("UPDATE notice_deliveries SET attempts = 9, next_attempt_at = now()"))
    office.send(smtp_url=gone)
    (dead,) = office.about(job)
    assert dead.state == "dead"
    assert dead.reason is not None
    assert dead.reason.startswith("It was tried 10 times in vain.")


def test_mails_go_over_tls_to_a_server_that_proves_itself_and_knows_us(office: Office, tmp_path: Path) -> None:
    strict, other = Inbox(), tmp_path / "other"
    other.mkdir()
    certificate(other)
    with mail_server(strict, tmp_path) as address:
        for url, expected in (
            (address, "sent"),
            (address.replace("correct", "wrong"), "answers 535"),
            (address.replace(str(tmp_path), str(other)), "cannot prove who it is"),
            (address.partition("?")[0], "cannot prove who it is"),
        ):
            settings = Settings.model_validate({"smtp_url": url, "mail_from": "a@example.org"})
            job = office.ready(office.person())
            office.send(smtp_url=settings.smtp_url)
            (delivery,) = office.about(job)
            assert expected in f"{delivery.state} {delivery.reason}"
            assert PASSWORD not in str(delivery)
            assert "wrong horse" not in str(delivery)
    assert len(strict.mails) == 1


def test_notice_is_sent_by_a_thread_that_hears_of_it(office: Office) -> None:
    courier = office.courier()
    courier.start()
    try:
        office.ready(office.person())
        wait_until(lambda: office.inbox.mails)
    finally:
        courier.stop()


def test_job_ends_also_where_nobody_can_be_told(site: Any) -> None:
    with site.store.transaction() as session:
        session.execute(text("DROP TABLE webhooks CASCADE"))
    claims = Claims(site.store)
    job = ask(site.store)
    claim = claimed(claims, job)
    assert claims.publish(claim, made(site.store, claim), {})
    assert site.store.job(job.id).status == "completed"


def test_pauses_grow_and_end_within_a_day() -> None:
    since = datetime(2026, 11, 26, tzinfo=UTC)
    now, pauses = since, []
    for attempt in range(1, ATTEMPTS):
        outcome = again(attempt, since, now, "It failed.", fortune=lambda: 0.5)
        assert outcome.pause is not None
        pauses.append(outcome.pause.total_seconds())
        now += outcome.pause
    assert pauses[:4] == [10, 40, 160, 640]
    assert max(pauses) == 6 * 3600
    assert again(ATTEMPTS, since, now, "It failed.").state == "dead"
    assert again(2, since, since + HORIZON, "It failed.").reason == "It was tried 2 times in vain. It failed."
    assert {pause_after(1, fortune).total_seconds() for fortune in (0.0, 1.0)} == {7.5, 12.5}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://mail.example.org", "no address of a mail server"),
        ("smtp://u:sesame@mail.example.org?tls=off", "for all to read"),
        ("smtp://u:sesame@mail.example.org?tls=maybe", "neither"),
        ("smtps://u:sesame@mail.example.org?tls=starttls", "leave 'tls' out"),
        ("smtp://u:sesame@mail.example.org?ca=/nowhere.pem", "names no file"),
        ("smtp://u:sesame@mail.example.org:port", "no address of a mail server"),
        ("smtp://u:sesame@mail.example.org?color=red", "none of 'tls' and 'ca'"),
    ],
)
def test_address_of_a_mail_server_is_checked_and_never_shown(url: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told) as refused:
        Settings.model_validate({"smtp_url": url, "mail_from": "a@example.org"})
    assert "sesame" not in str(refused.value)


def test_mail_server_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHWRIGHT_SMTP_URL", "smtps://u:sesame@mail.example.org")
    with pytest.raises(SetupError, match="MAIL_FROM does not say") as refused:
        load()
    assert "sesame" not in str(refused.value)
    monkeypatch.setenv("DASHWRIGHT_MAIL_FROM", "Dash <a@example.org>")
    relay = load().relay
    assert relay is not None
    assert (relay.host, relay.port, relay.tls, relay.password) == ("mail.example.org", 465, "implicit", "sesame")
    assert "sesame" not in repr(relay)


def test_commands_make_webhooks_and_tell_of_notices(
    office: Office, receiver: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = office.store.engine.url.render_as_string(hide_password=False)
    variables = {"DATABASE_URL": url, "DASHWRIGHT_DATA_DIR": str(office.settings.data_dir), "COLUMNS": "300"}
    for name, value in (variables | {"DASHWRIGHT_ALLOW_PRIVATE_ADDRESSES": "1"}).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    owner = office.person()
    made = json.loads(run("webhook", "add", f"{receiver.url}/sesame", "--user", owner.email, "--json"))
    assert made["secret"] == secret_of(office.settings, made["id"])
    assert "sesame" not in made["url"]
    run("webhook", "test", made["id"])
    office.send()
    assert [asked.body["type"] for asked in receiver.asked] == ["webhook.test"]
    job = office.ready(owner)
    listed = json.loads(run("notices", "--problems", "--json"))
    assert {(one["channel"], one["state"], one["slug"]) for one in listed} == {
        ("webhook", "waiting", job.slug),
        ("email", "waiting", job.slug),
    }
    assert json.loads(run("webhook", "remove", made["id"], "--json"))["id"] == made["id"]
    assert json.loads(run("webhook", "list", "--json")) == []


def test_doctor_says_whether_the_mail_server_takes_us_in(office: Office) -> None:
    (found,) = mail(office.settings)
    assert (found.state, "takes mails" in found.text) == ("ok", True)
    gone = SecretStr(f"smtp://127.0.0.1:{free_port()}?tls=off")
    (found,) = mail(office.settings.model_copy(update={"smtp_url": gone}))
    assert found.state == "note"
    assert "cannot be reached" in found.text


def test_only_the_worker_gets_the_password_of_the_mail_server() -> None:
    variables = {"DASHWRIGHT_SMTP_URL": "smtps://u:sesame@mail.example.org", "DASHWRIGHT_MAIL_FROM": "a@example.org"}
    assert list(without_secrets(variables)) == list(only_plain(variables)) == ["DASHWRIGHT_MAIL_FROM"]
    Settings.model_validate({"mail_from": "a@example.org"})


def test_what_nobody_may_or_can_be_told_is_given_up(office: Office, receiver: Wire) -> None:
    owner = Users(office.store).add(f"a..b.{uuid4().hex[:8]}@example.org", Role.CREATOR)
    hooked(office, receiver, owner)
    job = office.ready(owner)
    Users(office.store).change(owner.email, role=Role.VIEWER)
    old = office.ready(office.person())
    with office.store.transaction() as session:
        values = {"id": old.id}
        session.execute(
            text("UPDATE notice_deliveries SET created_at = now() - interval '25 h' WHERE job_id = :id"), values
        )
    office.send()
    told = {(one.channel, one.state, one.reason) for one in (*office.about(job), *office.about(old))}
    assert told == {
        ("email", "dead", "No mail can be sent to an address of this form."),
        ("webhook", "withheld", "The webhook's owner may not keep webhooks any more."),
        ("email", "dead", "It could not be sent for more than a day, and is no news any more."),
    }
    assert not receiver.asked
    assert not office.inbox.mails


def test_lines_have_nothing_that_breaks_or_steers() -> None:
    assert line("a\r\nb\0\x1b[2J\u2028c \u202ed\ud800", 100) == "a b [2J c d"
    assert line("x" * 200, 10) == "x" * 9 + "…"


@pytest.fixture
def receiver() -> Iterator[Wire]:
    """A program that is told, and that answers as the test says."""
    wire = Wire(lambda _: Reply(status=204))
    yield wire
    wire.close()


def hooked(office: Office, wire: Wire, owner: User | None = None, *events: Event) -> Webhook:
    return Webhooks(office.store, owner.id if owner else None).add(f"{wire.url}/hook/sesame", events or tuple(Event))


def is_genuine(secret: str, asked: Asked) -> bool:
    """As the guide says."""
    names: dict[str, Any] = {}
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    exec(code, names)
    return bool(names["is_genuine"](secret, asked.headers, asked.raw))


def test_program_is_told_by_a_request_that_is_signed(office: Office, receiver: Wire) -> None:
    owner = office.person()
    webhook = hooked(office, receiver, owner)
    job = office.ready(owner, title=EVIL)
    office.ready(office.person())
    office.send()
    (asked,) = receiver.asked
    assert (asked.method, asked.path) == ("POST", "/hook/sesame")
    secret = secret_of(office.settings, webhook.id)
    assert is_genuine(secret, asked)
    assert not is_genuine("whsec_AAAA", asked)
    data = asked.body.pop("data")
    assert asked.body["type"] == "dashboard.ready"
    assert data["url"] == f"https://dashboards.example.org/d/{job.slug}"
    assert (data["slug"], data["job_id"], data["status"]) == (job.slug, job.id, "completed")
    assert data["message"].endswith("is ready.")
    with office.store.transaction() as session:
        kept = str(session.execute(text("SELECT * FROM webhooks")).all())
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept


def test_operators_webhook_is_told_of_all_that_it_wants(office: Office, receiver: Wire) -> None:
    hooked(office, receiver, None, Event.REFRESH_FAILED)
    job = office.ready(None)
    office.refreshed(job.slug, fails=True)
    office.send()
    assert [asked.body["type"] for asked in receiver.asked] == ["refresh.failed"]
    assert "status 500" in receiver.asked[0].body["data"]["message"]


def test_what_is_tried_again_has_the_same_id_and_a_new_time(office: Office, receiver: Wire) -> None:
    answers = [Reply(status=503), Reply(status=302, headers={"location": f"{receiver.url}/other"}), Reply()]
    receiver.answer = lambda _: answers.pop(0)
    webhook = hooked(office, receiver)
    office.ready(None)
    for _ in range(3):
        office.outbox.retry()
        office.send()
    assert [asked.path for asked in receiver.asked] == ["/hook/sesame"] * 3, "a redirect is no way on"
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 1
    assert all(is_genuine(secret_of(office.settings, webhook.id), asked) for asked in receiver.asked)
    (delivery,) = Webhooks(office.store, None).deliveries(webhook.id, 10)
    assert (delivery.state, delivery.attempts, delivery.status_code) == ("sent", 3, 200)


def test_receiver_that_is_gone_or_fails_for_long_is_not_asked_any_more(office: Office, receiver: Wire) -> None:
    receiver.answer = lambda asked: Reply(status=500 if "fails" in asked.path else 410)
    gone, failing = hooked(office, receiver), hooked(office, receiver, None, Event.DASHBOARD_READY)
    values = {"most": MOST_FAILURES - 1, "id": failing.id, "url": f"{receiver.url}/fails"}
    with office.store.transaction() as session:
        session.execute(text("UPDATE webhooks SET failures = :most, url = :url WHERE id = :id"), values)
    job = office.ready(None)
    office.send()
    office.ready(None)
    found = {webhook.id: webhook for webhook in Webhooks(office.store, None).all()}
    assert not any(webhook.enabled for webhook in found.values())
    assert "410" in (found[gone.id].disabled_reason or "")
    assert f"{MOST_FAILURES} attempts in a row" in (found[failing.id].disabled_reason or "")
    assert len(office.about(job)) == 2
    assert len(receiver.asked) == 2
    assert Webhooks(office.store, None).change(gone.id, enabled=True).failures == 0


def test_private_addresses_plain_http_and_another_key_are_refused(office: Office, receiver: Wire) -> None:
    webhook = hooked(office, receiver)
    job = office.ready(None)
    office.send(allow_private_addresses=False)
    assert "is not of https" in str(office.about(job)[0].reason)
    with office.store.transaction() as session:
        session.execute(text("UPDATE webhooks SET url = 'https://127.0.0.1:1/sesame'"))
    office.outbox.retry()
    office.send(allow_private_addresses=False)
    reason = str(office.about(job)[0].reason)
    assert "is on a private network" in reason
    assert "sesame" not in reason
    with office.store.transaction() as session:
        session.execute(text("UPDATE webhooks SET secret_hash = repeat('0', 64)"))
    office.outbox.retry()
    office.send()
    assert "another SECRET_KEY" in str(Webhooks(office.store, None).all()[0].disabled_reason)
    assert not receiver.asked
    assert webhook.enabled


def test_webhooks_of_the_api_are_their_owners_alone(office: Office, receiver: Wire) -> None:
    from dashwright.server.access import Scope
    from dashwright.server.accounts import tokens
    from dashwright.server.store import ApiTokens

    def headers(user: User, *scopes: Scope) -> dict[str, str]:
        return {"Authorization": f"Bearer {tokens.create(ApiTokens(office.store), user.email, 't', scopes)[1]}"}

    ada, eve, viewer = office.person(), office.person(), office.person(Role.VIEWER)
    with client_of(office) as client:
        mine, theirs = headers(ada, Scope.READ, Scope.WRITE), headers(eve, Scope.WRITE)
        body = {"url": f"{receiver.url}/hook", "events": ["dashboard.ready"]}
        assert client.post("webhooks", json=body, headers=headers(viewer, Scope.WRITE)).status_code == 403
        assert client.post("webhooks", json=body, headers=headers(ada, Scope.READ)).status_code == 403
        answer = client.post("webhooks", json=body, headers=mine)
        assert answer.status_code == 201, answer.text
        assert answer.json()["secret"].startswith("whsec_")
        path = f"webhooks/{answer.json()['webhook']['id']}"
        listed = client.get("webhooks", headers=mine)
        assert [one["url"] for one in listed.json()["items"]] == [body["url"]]
        assert "whsec_" not in listed.text
        assert client.get("webhooks", headers=theirs).json()["items"] == []
        assert client.delete(path, headers=theirs).status_code == 404
        assert client.post("webhooks", json={"url": "ftp://example.org/x"}, headers=mine).status_code == 422
        assert client.post(f"{path}/test", headers=mine).status_code == 202
        office.send()
        assert receiver.asked[0].body["type"] == "webhook.test"
        deliveries = client.get(f"{path}/deliveries", headers=mine).json()["items"]
        assert [(one["event"], one["state"], one["status_code"]) for one in deliveries] == [
            ("webhook.test", "sent", 204)
        ]
        assert client.patch(path, json={"enabled": False}, headers=mine).json()["enabled"] is False
        assert client.delete(path, headers=mine).status_code == 204
        check_subscriptions(office, client, ada, mine, theirs)


def check_subscriptions(
    office: Office, client: httpx.Client, ada: User, mine: dict[str, str], theirs: dict[str, str]
) -> None:
    job = office.ready(ada)
    path = f"dashboards/{job.slug}/subscription"
    assert client.get(path, headers=mine).json() == {"slug": job.slug, "subscribed": True, "is_owner": True}
    assert client.delete(path, headers=mine).json()["subscribed"] is False
    assert client.put(path, headers=theirs).status_code == 403
    assert client.get(path).status_code == 403, "the user of this machine has no account"
    office.store.change(job.slug, is_public=True)
    assert client.get(path, headers={"Authorization": ""}).status_code in (400, 401)
    assert client.put(path, headers=theirs).json()["subscribed"] is True
    usual = client.get("me/notices", headers=mine).json()["email_events"]
    assert "refresh.failed" in usual
    assert "refresh.ready" not in usual
    assert client.put("me/notices", json={"email_events": []}, headers=mine).json() == {"email_events": []}
    assert client.get(f"jobs/{job.id}").json()["title"] == office.store.dashboard(job.slug).title


def test_account_that_no_mail_reaches_is_sent_none(office: Office) -> None:
    job = office.ready(Users(office.store).add(f"{uuid4().hex[:8]}@localhost", Role.CREATOR))
    office.send(smtp_url=SecretStr("smtps://mail.example.org"))
    assert [(one.state, one.attempts) for one in office.about(job)] == [("withheld", 1)]


def test_sender_that_was_lost_changes_nothing_and_another_sends(office: Office) -> None:
    job = office.ready(office.person())
    lost = office.outbox.take()
    assert lost is not None
    office.send()
    assert not office.inbox.mails, "it is another's for the time of an attempt"
    with office.store.transaction() as session:
        session.execute(text("UPDATE notice_deliveries SET lease_until = now() - interval '1 s'"))
    office.send()
    assert len(office.inbox.mails) == 1
    assert not office.outbox.settle(lost, Outcome(state="dead", reason="Late."))
    assert [(one.state, one.attempts) for one in office.about(job)] == [("sent", 2)]


def test_nothing_is_told_of_what_was_deleted(office: Office, receiver: Wire) -> None:
    hooked(office, receiver)
    job = office.ready(office.person())
    taken = office.outbox.take()
    assert taken is not None
    office.store.delete(job.slug)
    assert not office.outbox.settle(taken, Outcome(state="sent"))
    office.send()
    assert not office.inbox.mails
    assert not receiver.asked
