"""Provers: the servers by which people may sign in, as the settings name them."""

from __future__ import annotations

from ...pipelines.errors import SetupError
from ..settings import Settings
from .handshake import Prover


def provers(settings: Settings) -> tuple[Prover, ...]:
    """Those that are set. Nothing is asked of them yet.

    Raises:
        SetupError: one is set by half.
    """
    return (*_openid(settings), *_jupyterhub(settings))


def _openid(settings: Settings) -> list[Prover]:
    if settings.oidc_issuer is None:
        if settings.oidc_client_id is not None:
            raise SetupError("DASHWRIGHT_OIDC_CLIENT_ID is set, but not whose it is: set DASHWRIGHT_OIDC_ISSUER too.")
        return []
    if settings.oidc_client_id is None:
        raise SetupError("DASHWRIGHT_OIDC_ISSUER is set; set DASHWRIGHT_OIDC_CLIENT_ID too, which the provider gives.")
    from .openid import OpenIDProvider

    return [OpenIDProvider(settings.oidc_issuer, settings.oidc_client_id, settings)]


def _jupyterhub(settings: Settings) -> list[Prover]:
    hub, token, domain = settings.jupyterhub_url, settings.jupyterhub_api_token, settings.jupyterhub_domain
    if hub is None:
        return []
    if token is None or domain is None:
        needed = {"DASHWRIGHT_JUPYTERHUB_API_TOKEN": token, "DASHWRIGHT_JUPYTERHUB_DOMAIN": domain}
        missing = " and ".join(name for name, value in needed.items() if value is None)
        raise SetupError(f"DASHWRIGHT_JUPYTERHUB_URL is set; set {missing} too, as docs/access.md says.")
    from .jupyterhub import JupyterHub

    return [JupyterHub(hub, token, domain, settings)]
