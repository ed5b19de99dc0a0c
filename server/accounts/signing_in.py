"""The door: signing in, and the sessions that come of it; one-time addresses to choose a password; share links.

Another way to sign in (OpenID Connect, JupyterHub) proves in its own module who somebody is and then calls `begin`.
"""

from __future__ import annotations

from datetime import timedelta

from ...pipelines.errors import InputError
from ..access import Role, SignedIn
from ..nouns import ShareLink, User
from ..store import Identities, Sessions, Shares, SignInFailures, Store, Subscriptions, Users
from ..store.users import plain_email
from . import attempts, links, passwords
from .attempts import RefusedError
from .handshake import Handshake, Prover, Return
from .secrets import digest, new_secret

WRONG = "The e-mail address or the password is not right."
OVER = "This set-up address is not good any more, or has a typing mistake; ask an admin for another."
UNCHECKED = "{name} does not say that your e-mail address is checked, and you have no account here yet; ask an admin."
UNINVITED = "'{email}' has no account here; ask an admin for one."
DISABLED = "Your account here is disabled; ask an admin."
SETUP_LIFETIME = timedelta(days=3)
FOUNDER = "admin@localhost"
"""The address of the account that is made where there is none: nobody can have one like it anywhere else."""


class Door:
    """Where people come in. Each method may take long: call it in a thread."""

    def __init__(self, store: Store) -> None:
        self._lifetime = timedelta(days=store.settings.session_days)
        self._users = Users(store)
        self._identities = Identities(store)
        self._sessions = Sessions(store)
        self._shares = Shares(store)
        self._failures = SignInFailures(store)
        self.subscriptions = Subscriptions(store)
        """What the mails of a dashboard are ended with, without signing in."""

    def sign_in(
        self, email: str, password: str, *, address: str, user_agent: str = "", before: str | None = None
    ) -> tuple[SignedIn, str]:
        """Sign somebody in; the secret for their cookie.

        Args:
            address: where the attempt comes from in the network.
            before: the secret of a session that this one replaces.

        Raises:
            RefusedError: address or password is wrong, or the account is disabled; all by the same sentence and work.
            TooManyAttemptsError: there were too many failures.
        """
        attempt = attempts.begin(self._failures, f"user {email.strip().lower()}", address)
        user, kept = self._users.credentials(email)
        if not passwords.matches(password, kept) or user is None or kept is None or user.disabled:
            raise RefusedError(WRONG)
        attempt.succeeded()
        if passwords.is_outdated(kept):
            self._users.rehash(user.id, kept, passwords.rehashed(password))
        return user.signed_in, self.begin(user, user_agent, before)

    def sign_in_by(
        self, prover: Prover, handshake: Handshake, back: Return, *, user_agent: str = "", before: str | None = None
    ) -> tuple[SignedIn, str]:
        """Sign somebody in who comes back from a server that proves who they are; the secret for their cookie.

        Raises:
            RefusedError: nothing is proved, or they have no account and get none, or a disabled one.
            SourceError, LimitError: that server does not answer.
        """
        user = self._user_of(prover, handshake, back)
        if user.disabled:
            raise RefusedError(DISABLED)
        return user.signed_in, self.begin(user, user_agent, before)

    def _user_of(self, prover: Prover, handshake: Handshake, back: Return) -> User:
        proof = prover.prove(handshake, back)
        if (known := self._identities.user(proof.issuer, proof.subject)) is not None:
            return known
        if proof.email is None:
            raise RefusedError(UNCHECKED.format(name=prover.name))
        try:
            email = plain_email(proof.email)
            role = prover.role if prover.admits(email) else None
            user = self._identities.link(proof.issuer, proof.subject, email, proof.name, role=role)
        except InputError as error:  # also a conflict
            raise RefusedError(str(error)) from error
        if user is None:
            raise RefusedError(UNINVITED.format(email=email))
        return user

    def begin(self, user: User, user_agent: str = "", before: str | None = None) -> str:
        """Begin a session of somebody who has proved who they are; the secret for their cookie.

        It is always a new secret: one that was there before, maybe put there by somebody else, is of no use any more.
        """
        if before:
            self._sessions.end(digest(before))
        secret = new_secret()
        self._sessions.create(user.id, digest(secret), self._lifetime, user_agent)
        return secret

    def find(self, secret: str) -> SignedIn | None:
        """Who is signed in by this secret."""
        user = self._sessions.find(digest(secret))
        return user.signed_in if user else None

    def rotate(self, secret: str) -> str | None:
        """Another secret for the same session. None: it is over."""
        fresh = new_secret()
        return fresh if self._sessions.rotate(digest(secret), digest(fresh)) else None

    def sign_out(self, secret: str) -> None:
        self._sessions.end(digest(secret))

    def has_accounts(self) -> bool:
        return self._users.exist()

    def found(self) -> str | None:
        """The secret for the one-time address of the first admin. None: somebody has an account, or has been invited to
        one. As long as the first admin has not come in, each secret replaces the one before."""
        people = self._users.page(None, 2)
        if not people:
            self._users.add(FOUNDER, Role.ADMIN)
        elif [(one.email, one.has_password, one.disabled) for one in people] != [(FOUNDER, False, False)]:
            return None
        return self.invite(FOUNDER)

    def invite(self, email: str) -> str:
        """The secret for a one-time address where a user chooses a password.

        Raises:
            InputError: there is no such user, or they are disabled.
        """
        secret = new_secret()
        self._users.invite(email, digest(secret), SETUP_LIFETIME)
        return secret

    def invited(self, secret: str) -> User:
        """Who may choose a password by this secret.

        Raises:
            RefusedError: nobody may.
        """
        user = self._users.invited(digest(secret))
        if user is None:
            raise RefusedError(OVER)
        return user

    def set_up(self, secret: str, password: str, *, user_agent: str = "") -> tuple[SignedIn, str]:
        """Take the password that was chosen and sign in; the secret for the cookie. The set-up address is over.

        Raises:
            InputError: the password is not possible; the address is still good.
            RefusedError: the address is not good.
        """
        kept = passwords.hashed(password, self.invited(secret).email)
        user = self._users.set_up(digest(secret), kept)
        if user is None:
            raise RefusedError(OVER)
        return user.signed_in, self.begin(user, user_agent)

    def open_link(self, secret: str, *, password: str | None = None, address: str) -> ShareLink:
        """Open a share link; its id is what a browser remembers of it. Raises what `links.open_link` raises."""
        return links.open_link(self._shares, self._failures, secret, password=password, address=address)

    def link(self, link_id: str) -> ShareLink | None:
        """A link that was opened before, if it is still good."""
        return self._shares.link_by_id(link_id)
