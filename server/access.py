"""Who may do what with a dashboard: the nouns, and the one function that decides. It knows no database and no request.

Every place that shows, changes or hands out something asks `decide`: pages, assets of a version, sockets, exports, the
REST API. What each answer means is told in docs/access.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from ..pipelines.model import Noun

DOMAIN = re.compile(r"(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
"""Of e-mail addresses, in lower case."""


class Role(StrEnum):
    """What somebody with an account may do, each with all that the roles before it may."""

    VIEWER = "viewer"
    """Looks, and moves controls."""
    CREATOR = "creator"
    """Asks, and publishes what was made of it; runs no code of their own."""
    EDITOR = "editor"
    """Runs code: edits notebooks in JupyterLab."""
    ADMIN = "admin"
    """Sets limits and people, and may do everything with every dashboard."""

    def includes(self, other: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class Scope(StrEnum):
    """What an API token may be used for, within what its user may do."""

    READ = "read"
    ASK = "ask"
    WRITE = "write"
    ADMIN = "admin"


class Action(StrEnum):
    SEE = "see"
    """Its page, with the kernel behind it."""
    SEE_DATA = "see_data"
    """The rows behind a chart."""
    EXPORT = "export"
    """Take it home: notebook, PDF, PNG, data."""
    LIST = "list"
    """Have it named in overviews and searches."""
    ASK = "ask"
    """Make a new dashboard. There are no facts yet."""
    REFRESH = "refresh"
    CHANGE = "change"
    """Title, tags, plan, schedule; cancel its jobs."""
    PUBLISH = "publish"
    """Choose the version that viewers see."""
    DELETE = "delete"
    SHARE = "share"
    """Say who may see it, by whatever way, and where it may be embedded."""
    SEE_ANALYTICS = "see_analytics"
    EDIT_NOTEBOOK = "edit_notebook"
    """Run code in its notebook."""
    ADMINISTER = "administer"
    """People, roles, limits, costs of all. There are no facts."""


class DashboardFacts(Noun):
    """What a decision needs to know of a dashboard."""

    dashboard_id: str
    owner_id: str | None = None
    """None: made without an account, so it is the local user's and the admins'."""
    is_public: bool = False
    shared_with: frozenset[str] = frozenset()
    """Ids of users."""
    shared_domains: frozenset[str] = frozenset()
    """Of e-mail addresses, in lower case."""
    embed_origins: tuple[str, ...] = ()
    """Origins whose pages may show it in a frame."""


class Anonymous(Noun):
    """Somebody of whom nothing is known."""


class LocalUser(Noun):
    """The person at this machine, where only this machine can come in. Everything is theirs."""


class SignedIn(Noun):
    """A person with an account, that is not disabled, who has proved it."""

    user_id: str
    email: str
    """In lower case."""
    role: Role
    name: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


class TokenHolder(Noun):
    """A program with an API token of a user."""

    token_id: str
    user: SignedIn
    scopes: frozenset[Scope]


class LinkHolder(Noun):
    """Somebody who opened a share link that is good at this moment, and who may be signed in as well."""

    link_id: str
    dashboard_id: str
    beside: Anonymous | SignedIn = Anonymous()


Principal = Anonymous | LocalUser | SignedIn | TokenHolder | LinkHolder


class Decision(Noun):
    """Whether something is allowed; if not, the status and the sentence to answer with."""

    status: Literal[200, 401, 403, 404] = 200
    sentence: str = ""

    @property
    def is_allowed(self) -> bool:
        return self.status == 200


ALLOWED = Decision()
SIGN_IN = Decision(status=401, sentence="Sign in first; or the address has a typing mistake.")
"""The same whether the dashboard exists or not: strangers cannot find out which ones there are."""
NOT_THERE = Decision(status=404, sentence="There is no such dashboard.")

LOOKING = frozenset({Action.SEE, Action.SEE_DATA, Action.EXPORT})
READING = LOOKING | {Action.LIST}
WITHOUT_DASHBOARD = frozenset({Action.ASK, Action.ADMINISTER})

NEEDED: dict[Action, Role] = {
    **dict.fromkeys((*READING, Action.SEE_ANALYTICS), Role.VIEWER),
    **dict.fromkeys(
        (Action.ASK, Action.REFRESH, Action.CHANGE, Action.PUBLISH, Action.DELETE, Action.SHARE), Role.CREATOR
    ),
    Action.EDIT_NOTEBOOK: Role.EDITOR,
    Action.ADMINISTER: Role.ADMIN,
}
"""The least role for an action, on dashboards of one's own."""

COVERED: dict[Action, Scope] = {
    **dict.fromkeys((*READING, Action.SEE_ANALYTICS), Scope.READ),
    **dict.fromkeys((Action.ASK, Action.REFRESH), Scope.ASK),
    **dict.fromkeys((Action.CHANGE, Action.PUBLISH, Action.DELETE, Action.SHARE, Action.EDIT_NOTEBOOK), Scope.WRITE),
    Action.ADMINISTER: Scope.ADMIN,
}
"""The scope of a token that covers an action."""

WORDS: dict[Action, str] = {
    Action.SEE: "see this dashboard",
    Action.SEE_DATA: "see the data of this dashboard",
    Action.EXPORT: "export this dashboard",
    Action.LIST: "list this dashboard",
    Action.ASK: "ask for a new dashboard",
    Action.REFRESH: "refresh this dashboard",
    Action.CHANGE: "change this dashboard",
    Action.PUBLISH: "publish this dashboard",
    Action.DELETE: "delete this dashboard",
    Action.SHARE: "share this dashboard",
    Action.SEE_ANALYTICS: "see who looked at this dashboard",
    Action.EDIT_NOTEBOOK: "edit this dashboard's notebook",
    Action.ADMINISTER: "administer this server",
}


def decide(principal: Principal, action: Action, facts: DashboardFacts | None = None) -> Decision:
    """Whether somebody may do something with a dashboard.

    Args:
        facts: those of the dashboard. None: it does not exist, or the action (`ask`, `administer`) is about none.
    """
    if facts is None and action not in WITHOUT_DASHBOARD:
        return SIGN_IN if isinstance(_known(principal), Anonymous) else NOT_THERE
    if facts is not None and facts.is_public and action in READING:
        return ALLOWED
    match principal:
        case LocalUser():
            return ALLOWED
        case TokenHolder(user=user, scopes=scopes):
            if (scope := COVERED[action]) not in scopes:
                return _forbidden(f"This token has not the scope '{scope}', which it needs to {WORDS[action]}.")
            return _for_user(user, action, facts)
        case LinkHolder(beside=beside, dashboard_id=dashboard_id):
            if facts is not None and facts.dashboard_id == dashboard_id and action in LOOKING:
                return ALLOWED
            return decide(beside, action, facts)
        case SignedIn():
            return _for_user(principal, action, facts)
        case Anonymous():
            return SIGN_IN


def frame_ancestors(facts: DashboardFacts, labs: Sequence[str] = ()) -> str:
    """The value of `frame-ancestors`: which pages may show this dashboard in a frame; `labs` may show each."""
    return " ".join(("'self'", *labs, *facts.embed_origins))


def _for_user(user: SignedIn, action: Action, facts: DashboardFacts | None) -> Decision:
    if user.role is Role.ADMIN:
        return ALLOWED
    if facts is not None and facts.owner_id != user.user_id:
        if action in READING and (user.user_id in facts.shared_with or user.domain in facts.shared_domains):
            return ALLOWED
        if action in READING:
            return _forbidden("This dashboard is not shared with you; ask its owner for it.")
        return _forbidden(f"Only its owner or an admin may {WORDS[action]}.")
    if not user.role.includes(needed := NEEDED[action]):
        return _forbidden(f"To {WORDS[action]} takes the role '{needed}', and you have '{user.role}'; ask an admin.")
    return ALLOWED


def _known(principal: Principal) -> Principal:
    """Who somebody is, whatever links they have opened."""
    return principal.beside if isinstance(principal, LinkHolder) else principal


def _forbidden(sentence: str) -> Decision:
    return Decision(status=403, sentence=sentence)
