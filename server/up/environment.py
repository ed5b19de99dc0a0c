"""What of the environment a part gets: the fewer strangers' inputs it is trusted with, the more."""

from __future__ import annotations

import re
from collections.abc import Mapping

SECRET = re.compile(
    r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_FILE)?$|^(DASHWRIGHT_)?DATABASE_URL$|^PGPASS|^REDIS_URL$"
    r"|^DASHWRIGHT_SMTP_URL$|^OTEL_EXPORTER_OTLP_.*HEADERS$"
)
"""Names of variables that only those parts get that need them."""
PLAIN = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|XDG_.*|VIRTUAL_ENV|CONDA_PREFIX|PYTHON.*|JUPYTER_.*"
    r"|SSL_CERT_(FILE|DIR)|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|(OMP|OPENBLAS|MKL)_NUM_THREADS|DASHWRIGHT_.*|DATABASE_URL"
    r"|OTEL_.*"
)
"""Names of variables that a program facing strangers may have, unless they are secret."""

OBSERVED = ("DASHWRIGHT_METRICS_TOKEN", "OTEL_EXPORTER_OTLP_HEADERS")
"""Secrets of a program that tells its metrics and sends traces."""
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
"""For a program that asks servers of others."""


def without_secrets(environment: Mapping[str, str], *keep: str) -> dict[str, str]:
    """An environment without anything that looks like a secret, but for the names to keep."""
    return {name: value for name, value in environment.items() if name in keep or not SECRET.search(name.upper())}


def only_plain(environment: Mapping[str, str], *keep: str) -> dict[str, str]:
    """The few variables that a program facing strangers needs, and the names to keep."""
    return {
        name: value
        for name, value in without_secrets(environment, *keep).items()
        if name in keep or PLAIN.fullmatch(name)
    }
