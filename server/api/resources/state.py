"""State: who asks, and how the server is."""

from __future__ import annotations

from importlib.metadata import version
from typing import Literal

from sqlalchemy import text

from ....pipelines.model import Noun
from ...access import LocalUser, Role
from ..route import Call, Routes

routes = Routes("Server")


class Me(Noun):
    """Who the caller is to this server."""

    kind: Literal["anonymous", "local", "account"]
    user_id: str | None = None
    email: str | None = None
    name: str = ""
    role: Role | None = None


class Health(Noun):
    status: Literal["ok"] = "ok"
    version: str


@routes.get("/me", "Show who asks", None)
def show_me(call: Call) -> Me:
    user = call.user
    if user is not None:
        return Me(kind="account", user_id=user.user_id, email=user.email, name=user.name, role=user.role)
    return Me(kind="local", role=Role.ADMIN) if isinstance(call.principal, LocalUser) else Me(kind="anonymous")


@routes.get("/health", "Tell that the process lives", None, bare=True, uncounted=True)
def show_health(_: Call) -> Health:
    """Asks nobody else, so it says nothing of the database."""
    return Health(version=version("dashwright"))


@routes.get("/ready", "Tell whether requests can be served", None, uncounted=True)
def show_readiness(call: Call) -> Health:
    """Asks the database; 503 while it does not answer."""
    with call.store.transaction() as session:
        session.execute(text("SELECT FROM dashboards WHERE false"))
    return Health(version=version("dashwright"))
