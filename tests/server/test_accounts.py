"""Accounts on a real database: passwords, signing in, sessions, tokens, links, shares; and what attackers try."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from dashwright.pipelines.errors import InputError
from dashwright.server import database
from dashwright.server.access import Action, Role, Scope, decide
from dashwright.server.accounts import attempts, links, passwords, signing_in, tokens
from dashwright.server.accounts.attempts import RefusedError, TooManyAttemptsError
from dashwright.server.accounts.secrets import digest
from dashwright.server.accounts.signing_in import Door
from dashwright.server.nouns import User
from dashwright.server.settings import Settings
from dashwright.server.store import ApiTokens, Sessions, Shares, SignInFailures, Store, Users
from tests.server.conftest import fresh_database

PASSWORD = "correct horse battery"
HASH = passwords.hashed(PASSWORD)


@dataclass
class House:
    """A server with accounts."""

    store: Store
    door: Door
    users: Users
    shares: Shares
    tokens: ApiTokens
    failures: SignInFailures

    def person(self, role: Role = Role.VIEWER, domain: str = "example.org") -> User:
        return self.users.add(f"{uuid4().hex}@{domain}", role, password_hash=HASH)

    def dashboard(self, owner: User | None = None) -> str:
        return self.store.create_dashboard_with_job("What?", owner_id=owner.id if owner else None).slug

    def execute(self, statement: str, **values: object) -> tuple[object, ...] | None:
        with self.store.transaction() as session:
            result = session.execute(text(statement), values)
            return tuple(result.one_or_none() or ()) or None if result.returns_rows else None

    def fail(self, what: str, count: int, at: str = "at") -> None:
        """So many failures in a row, the last one just now."""
        self.execute(
            "INSERT INTO sign_in_failures (subject_hash, count) VALUES (:hash, :count) "
            "ON CONFLICT (subject_hash) DO UPDATE SET count = :count",
            hash=digest(f"{at} {what}"),
            count=count,
        )

    def failed(self, what: str) -> tuple[object, ...] | None:
        """How often, and the seconds of pause after the last time."""
        return self.execute(
            "SELECT count, extract(epoch FROM locked_until - last_at)::int FROM sign_in_failures "
            "WHERE subject_hash = :hash",
            hash=digest(f"at {what}"),
        )

    def unlock(self, what: str, after: str = "0", at: str = "at") -> None:
        """Let the pause be over after an interval."""
        self.execute(
            "UPDATE sign_in_failures SET locked_until = now() + CAST(:after AS interval) WHERE subject_hash = :hash",
            hash=digest(f"{at} {what}"),
            after=after,
        )


@pytest.fixture(scope="module")
def house(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with fresh_database(cluster) as url:
        store = Store(database.connect(url), Settings(data_dir=tmp_path_factory.mktemp("accounts")))
        yield House(store, Door(store), Users(store), Shares(store), ApiTokens(store), SignInFailures(store))
        store.close()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "has 5 characters"),
        ("aaaaaaaaaaaaaaaa", "easily guessed"),
        ("adalovelace1adalovelace1", "easily guessed"),
        ("x" * 1001, "at most 1,000"),
    ],
)
def test_passwords_that_anybody_would_guess_are_refused_in_a_sentence(password: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        passwords.hashed(password, "adalovelace@example.org")
    assert password not in str(refused.value)


def test_a_password_is_the_same_however_its_characters_are_composed() -> None:
    assert passwords.matches("caf\u00e9 noir 1234", passwords.hashed("cafe\u0301 noir 1234"))
    assert not passwords.matches("x" * 5000, HASH)
    assert HASH.startswith("$argon2id$")


def test_nobody_has_the_password_of_nobody() -> None:
    assert not passwords.matches("a password that nobody has", None)
    assert not passwords.matches(PASSWORD, "no hash at all")


def test_a_hash_by_older_parameters_is_made_anew_when_its_password_comes(house: House) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    user = house.users.add(f"{uuid4().hex}@example.org", Role.VIEWER, password_hash=old)
    house.door.sign_in(user.email, PASSWORD, address="192.0.2.1")
    _, kept = house.users.credentials(user.email)
    assert kept is not None
    assert not passwords.is_outdated(kept)


def test_signing_in_gives_a_session_that_ends(house: House) -> None:
    user = house.person(Role.EDITOR)
    signed_in, secret = house.door.sign_in(f" {user.email.upper()} ", PASSWORD, address="192.0.2.1")
    assert signed_in == user.signed_in
    assert house.door.find(secret) == signed_in
    assert house.users.user(user.email).last_seen_at is not None
    house.door.sign_out(secret)
    assert house.door.find(secret) is None


def test_the_database_holds_no_secret(house: House) -> None:
    user = house.person()
    session = house.door.begin(user)
    _, token = tokens.create(house.tokens, user.email, "ci", [Scope.READ])
    _, link = links.create(house.shares, house.dashboard(), password=PASSWORD)
    invitation = house.door.invite(user.email)
    kept = ""
    with house.store.transaction() as db:
        for table in ("users", "sessions", "api_tokens", "share_links", "sign_in_failures"):
            kept += "".join(db.scalars(text(f"SELECT t::text FROM {table} t")))
    assert digest(session) in kept
    assert not [secret for secret in (session, token, link, invitation, PASSWORD) if secret in kept]


def test_signing_in_replaces_the_session_that_was_there_before(house: House) -> None:
    user = house.person()
    planted = house.door.begin(user)
    _, secret = house.door.sign_in(user.email, PASSWORD, address="192.0.2.1", before=planted)
    assert secret != planted
    assert house.door.find(planted) is None
    rotated = house.door.rotate(secret)
    assert rotated is not None
    assert house.door.find(secret) is None
    assert house.door.find(rotated) is not None
    assert house.door.rotate(secret) is None


def test_a_session_whose_time_is_over_opens_nothing(house: House) -> None:
    user = house.person()
    secret = house.door.begin(user)
    house.execute("UPDATE sessions SET expires_at = now() WHERE token_hash = :hash", hash=digest(secret))
    assert house.door.find(secret) is None
    assert house.door.rotate(secret) is None


def test_sessions_of_one_user_are_limited(house: House) -> None:
    user = house.person()
    secrets = [house.door.begin(user) for _ in range(22)]
    assert [house.door.find(secret) is not None for secret in secrets[-19:]] == [True] * 19
    assert sum(house.door.find(secret) is not None for secret in secrets) == 20


@pytest.mark.parametrize("end", ["disable", "password", "set up"])
def test_disabling_and_new_passwords_end_all_sessions(house: House, end: str) -> None:
    user = house.person()
    secret = house.door.begin(user)
    if end == "disable":
        house.users.change(user.email, disabled=True)
        with pytest.raises(RefusedError, match="not right"):
            house.door.sign_in(user.email, PASSWORD, address="192.0.2.1")
    elif end == "password":
        house.users.change(user.email, password_hash=HASH)
    else:
        house.door.set_up(house.door.invite(user.email), "another password 1")
    assert house.door.find(secret) is None


def test_unknown_disabled_and_passwordless_accounts_are_refused_like_a_wrong_password(house: House) -> None:
    disabled, invited, known = house.person(), house.users.add("in@vited.org", Role.VIEWER), house.person()
    house.users.change(disabled.email, disabled=True)
    sentences = set()
    for email, password in (
        ("nobody@example.org", PASSWORD),
        (disabled.email, PASSWORD),
        (invited.email, ""),
        (known.email, "wrong"),
        ("no address", "x"),
        ("\0'; DROP TABLE users --", "\ud800"),
    ):
        with pytest.raises(RefusedError) as refused:
            house.door.sign_in(email, password, address=f"192.0.2.{len(email)}")
        sentences.add((type(refused.value), str(refused.value)))
    assert sentences == {(RefusedError, signing_in.WRONG)}


@pytest.mark.parametrize("is_known", [True, False])
def test_after_some_failures_one_has_to_wait_whether_the_account_exists_or_not(house: House, is_known: bool) -> None:
    email = house.person().email if is_known else "nobody-at-all@example.org"
    subject = f"user {email}"
    house.fail(subject, attempts.FREE_OF_ONE - 1)
    for count, pause in ((attempts.FREE_OF_ONE, 0), (attempts.FREE_OF_ONE + 1, 2), (attempts.FREE_OF_ONE + 2, 4)):
        with pytest.raises(RefusedError, match="not right"):
            house.door.sign_in(email, "wrong", address=uuid4().hex)
        assert house.failed(subject) == (count, pause)
        house.unlock(subject)
    house.unlock(subject, "3 minutes")
    with pytest.raises(TooManyAttemptsError, match="try again in 3 minutes") as refused:
        house.door.sign_in(email, PASSWORD, address=uuid4().hex)
    assert 170 < refused.value.seconds <= 180


def test_the_longest_pause_is_a_quarter_of_an_hour_and_a_day_is_forgiven(house: House) -> None:
    subject = uuid4().hex
    house.failures.begin(subject, 1)
    house.execute("UPDATE sign_in_failures SET count = 2000000 WHERE subject_hash = :hash", hash=subject)
    assert house.failures.begin(subject, 1) == 0
    assert 890 < house.failures.begin(subject, 1) <= 900
    house.execute(
        "UPDATE sign_in_failures SET last_at = now() - interval '25 hours' WHERE subject_hash = :hash", hash=subject
    )
    assert house.failures.begin(subject, 1) == 0
    assert house.failures.begin(subject, 1) == 0


def test_success_forgives_the_account_but_not_the_network_address(house: House) -> None:
    user, address = house.person(), uuid4().hex
    house.fail(f"user {user.email}", attempts.FREE_OF_ONE - 1)
    house.door.sign_in(user.email, PASSWORD, address=address)
    assert house.failed(f"user {user.email}") is None
    house.fail(address, attempts.FREE_OF_ADDRESS, at="from")
    house.unlock(address, "3 minutes", at="from")
    with pytest.raises(TooManyAttemptsError):
        house.door.sign_in(user.email, PASSWORD, address=address)
    house.door.sign_in(user.email, PASSWORD, address=uuid4().hex)


def test_many_guesses_at_once_gain_nothing(house: House) -> None:
    subject = uuid4().hex
    with ThreadPoolExecutor(12) as pool:
        waits = list(pool.map(lambda _: house.failures.begin(subject, 5), range(40)))
    assert waits.count(0) == 6


def test_a_set_up_address_is_good_once(house: House) -> None:
    user = house.users.add("first@example.org", Role.ADMIN)
    secret = house.door.invite(user.email)
    assert house.users.user(user.email).is_invited
    with pytest.raises(InputError, match="has 3 characters"):
        house.door.set_up(secret, "abc")
    signed_in, session = house.door.set_up(secret, PASSWORD)
    assert house.door.find(session) == signed_in
    for wrong in (secret, "", "nonsense"):
        with pytest.raises(RefusedError, match="not good any more"):
            house.door.set_up(wrong, PASSWORD)
    older = house.door.invite(user.email)
    newer = house.door.invite(user.email)
    with pytest.raises(RefusedError):
        house.door.invited(older)
    house.execute("UPDATE users SET setup_expires_at = now() WHERE email = :email", email=user.email)
    with pytest.raises(RefusedError):
        house.door.invited(newer)


def test_one_admin_at_least_stays(house: House) -> None:
    house.execute("UPDATE users SET role = 'viewer'")
    one, other = house.person(Role.ADMIN), house.person(Role.ADMIN)

    def step_down(user: User) -> str:
        try:
            return house.users.change(user.email, role=Role.VIEWER).role
        except InputError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(step_down, (one, other)))
    assert answers[1] == "viewer"
    assert "is the only admin" in answers[0]
    last = one if house.users.user(one.email).role is Role.ADMIN else other
    with pytest.raises(InputError, match="only admin"):
        house.users.change(last.email, disabled=True)


def test_addresses_are_compared_without_their_case_and_told_when_mistyped(house: House) -> None:
    house.users.add("Grace.Hopper@Navy.Example", Role.VIEWER)
    assert house.users.user("grace.hopper@navy.example").email == "grace.hopper@navy.example"
    with pytest.raises(InputError, match="has an account already"):
        house.users.add("GRACE.HOPPER@navy.example", Role.VIEWER)
    with pytest.raises(InputError, match=r"Did you mean grace\.hopper@navy\.example"):
        house.users.user("grace.hoper@navy.example")
    for wrong in ("", "ada", "ada@", "@b.c", "a b@c.d", "a@b@c", "<a>@b.c", "a@b..c", "x" * 300 + "@b.c", "a\0@b.c"):
        with pytest.raises(InputError, match="is no e-mail address"):
            house.users.add(wrong, Role.VIEWER)


def test_a_token_acts_for_its_user_within_its_scopes(house: House) -> None:
    user = house.person(Role.CREATOR)
    token, secret = tokens.create(house.tokens, user.email, "nightly job", [Scope.ASK, Scope.READ], timedelta(days=1))
    assert secret.startswith("dwt_")
    assert token.scopes == (Scope.READ, Scope.ASK)
    who = tokens.holder(house.tokens, secret)
    assert who is not None
    assert who.user == user.signed_in
    assert decide(who, Action.ASK).is_allowed
    assert decide(who, Action.DELETE, house.shares.facts(house.dashboard(user))).status == 403
    assert house.tokens.all(user.email)[0].last_used_at is not None
    assert tokens.holder(house.tokens, secret + "x") is None
    assert tokens.holder(house.tokens, digest(secret)) is None
    with pytest.raises(InputError, match="There is no token"):
        house.tokens.revoke(token.id, house.person().id)
    house.tokens.revoke(token.id, user.id)
    assert tokens.holder(house.tokens, secret) is None
    for wrong in (token.id, "nonsense"):
        with pytest.raises(InputError, match="There is no token"):
            house.tokens.revoke(wrong)


def test_tokens_that_are_over_or_of_the_disabled_open_nothing(house: House) -> None:
    user = house.person()
    ended, ended_secret = tokens.create(house.tokens, user.email, "ended", [Scope.READ], timedelta(seconds=0.000001))
    assert ended.expires_at is not None
    assert tokens.holder(house.tokens, ended_secret) is None
    _, secret = tokens.create(house.tokens, user.email, "good", [Scope.READ])
    assert tokens.holder(house.tokens, secret) is not None
    house.users.change(user.email, disabled=True)
    assert tokens.holder(house.tokens, secret) is None
    with pytest.raises(InputError, match="at least one scope"):
        tokens.create(house.tokens, user.email, "none", [])
    with pytest.raises(InputError, match="1 to 100 characters"):
        tokens.create(house.tokens, user.email, " ", [Scope.READ])


def test_a_link_opens_its_dashboard_until_it_is_revoked_or_over(house: House) -> None:
    slug = house.dashboard()
    link, secret = links.create(house.shares, slug)
    opened = links.open_link(house.shares, house.failures, secret, address="192.0.2.1")
    assert (opened.id, opened.slug) == (link.id, slug)
    assert house.shares.link_by_id(link.id) is not None
    with pytest.raises(InputError, match="has no share link"):
        house.shares.revoke_link(house.dashboard(), link.id)
    house.shares.revoke_link(slug, link.id)
    assert house.shares.link_by_id(link.id) is None
    _, ended = links.create(house.shares, slug, lifetime=timedelta(seconds=0.000001))
    for wrong in (secret, ended, "nonsense", link.id, ""):
        with pytest.raises(RefusedError) as refused:
            links.open_link(house.shares, house.failures, wrong, address="192.0.2.1")
        assert str(refused.value) == links.GONE
    assert [one.revoked_at is None for one in house.shares.sharing(slug).links] == [True, False]


def test_a_link_with_a_password_takes_only_that_and_not_too_many_others(house: House) -> None:
    link, secret = links.create(house.shares, house.dashboard(), password=PASSWORD)
    assert link.has_password

    def attempt(password: str | None) -> str:
        return links.open_link(house.shares, house.failures, secret, password=password, address="192.0.2.2").id

    with pytest.raises(links.PasswordNeededError, match="opens with a password"):
        attempt(None)
    with pytest.raises(links.PasswordNeededError, match="not right"):
        attempt("wrong")
    assert attempt(PASSWORD) == link.id
    house.fail(f"link {link.id}", attempts.FREE_OF_ONE)
    house.unlock(f"link {link.id}", "3 minutes")
    with pytest.raises(TooManyAttemptsError):
        attempt(PASSWORD)


def test_shares_let_people_and_domains_see_and_can_be_taken_back(house: House) -> None:
    owner, friend, colleague = house.person(), house.person(), house.person(domain="firm.example")
    slug = house.dashboard(owner)

    def sees(user: User) -> bool:
        return decide(user.signed_in, Action.SEE, house.shares.facts(slug)).is_allowed

    assert (sees(owner), sees(friend), sees(colleague)) == (True, False, False)
    house.shares.share_with(slug, friend.email)
    house.shares.share_with(slug, friend.email)
    sharing = house.shares.share_with_domain(slug, "@Firm.Example")
    assert sharing.people == (friend.email,)
    assert sharing.facts.shared_domains == {"firm.example"}
    assert (sees(friend), sees(colleague)) == (True, True)
    house.shares.unshare(slug, friend.email)
    house.shares.unshare(slug, "firm.example")
    assert (sees(friend), sees(colleague)) == (False, False)
    with pytest.raises(InputError, match="is not shared with"):
        house.shares.unshare(slug, "firm.example")
    assert house.shares.set_public(slug, True).facts.is_public
    assert sees(colleague)


NOT_DOMAINS = ("", "org", "a b.org", "*.example.org", "exa_mple.org", "example.org/", "-a.org", "a..b", "1.2.3.4")
NOT_ORIGINS = (
    *("", "example.org", "https://", "https://a/b", "https://*.example.org", "*", "javascript:alert(1)", "https://a b"),
    *("https://a; script-src *", "https://a,https://b", "https://u:p@a.org", "https://a.org?x", "'none'", "data:"),
)


@pytest.mark.parametrize(
    ("share", "wrong"),
    [
        *((Shares.share_with_domain, wrong) for wrong in NOT_DOMAINS),
        *((Shares.embed, wrong) for wrong in NOT_ORIGINS),
    ],
)
def test_what_is_no_domain_or_origin_is_refused(
    house: House, share: Callable[[Shares, str, str], object], wrong: str
) -> None:
    with pytest.raises(InputError, match=r"is no (domain|origin)"):
        share(house.shares, "any", wrong)


def test_origins_are_kept_as_browsers_name_them(house: House) -> None:
    slug = house.dashboard()
    for origin in ("HTTPS://Intranet.Example.org:443/", "http://localhost:3000", "http://[::1]:80"):
        sharing = house.shares.embed(slug, origin)
    assert sharing.facts.embed_origins == ("https://intranet.example.org", "http://localhost:3000", "http://[::1]")
    assert house.shares.unembed(slug, "http://[::1]").facts.embed_origins == sharing.facts.embed_origins[:2]
    with pytest.raises(InputError, match="is not embedded by"):
        house.shares.unembed(slug, "http://[::1]")


def test_who_is_deleted_leaves_dashboards_but_no_way_in(house: House, tmp_path: Path) -> None:
    user = house.person(Role.CREATOR)
    slug = house.dashboard(user)
    secret = house.door.begin(user)
    _, token = tokens.create(house.tokens, user.email, "t", [Scope.READ])
    house.execute("DELETE FROM users WHERE email = :email", email=user.email)
    assert house.door.find(secret) is None
    assert tokens.holder(house.tokens, token) is None
    facts = house.shares.facts(slug)
    assert facts is not None
    assert facts.owner_id is None
    Sessions(house.store).end_all(user.id)
