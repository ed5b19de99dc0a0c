"""Settings: one frozen record, read from the environment in the entry points and passed on."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from platformdirs import user_data_path
from pydantic import (
    ByteSize,
    Field,
    PostgresDsn,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from ..pipelines import planners
from ..pipelines.errors import InputError, SetupError
from ..pipelines.planners import AUTO, OFFLINE
from ..pipelines.providers import is_provider
from ..pipelines.services import Service
from ..pipelines.step import Limits
from . import kaggle_files, licensing
from .access import DOMAIN, Role
from .notices import relay

PREFIX = "DASHWRIGHT_"
GIB = 1024**3
SOURCES: dict[str, tuple[str | None, str | None]] = {
    "bigquery": ("google_cloud_project", "google_application_credentials"),
    "ckan": (None, None),
    "datagov": (None, "data_gov_api_key"),
    "eurostat": (None, None),
    "fred": (None, "fred_api_key"),
    "google-dataset": (None, "dc_api_key"),
    "huggingface": (None, None),
    "owid": (None, None),
    "who": (None, None),
    "world-bank": (None, None),
    "zenodo": (None, None),
    "kaggle": ("kaggle_username", "kaggle_key"),
}
"""Sources with a server: the fields that hold the user's name and the key for it. Those of its address and time-out
are called after it: `kaggle_base_url`, `kaggle_timeout`."""
PROVIDERS: dict[str, tuple[str, ...]] = {
    "gemini": ("gemini_api_key", "google_api_key"),
    "openai": ("openai_api_key",),
    "perplexity": ("perplexity_api_key",),
    "compatible": ("compatible_api_key",),
}
"""AI providers in the order of "auto": the fields that may hold the key, the first that is set counts. Those of the
address, the model and its price are called after the provider: `gemini_base_url`, `gemini_model`, `gemini_price`."""
PUBLIC_URL = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?)(:[0-9]{1,5})?/?")
ISSUER = re.compile(r"(https://[^\s/?#@\\]+|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?)(/[^\s?#\\]*)?")
"""An address as OpenID Connect names providers: without a query; without TLS on this machine alone."""
HUB = re.compile(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?")
SENDER = re.compile(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9.-]{1,190}")
ORIGIN = r"^https?://[a-z0-9.:\[\]-]{1,260}$"
PLANNER = re.compile(r"[a-z][a-z0-9_-]{0,30}")
BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/(?!\.{1,2}(/|$))[A-Za-z0-9._-]+)*")
EXAMPLE = "postgresql://user:password@host/database"


def default_data_dir() -> Path:
    """The user's data folder; for root, which is a server's way, the place that servers use."""
    if sys.platform == "linux" and os.geteuid() == 0:
        return Path("/var/lib/dashwright")
    return user_data_path("dashwright", appauthor=False)


def _own_name(name: str, text: str) -> Any:
    """A field whose variable is known to other programs too, and so has no prefix."""
    return Field(None, validation_alias=name, description=text)


class Settings(BaseSettings):
    """Sizes are bytes, or a number with a unit (``512MiB``); times are seconds unless said otherwise."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(
        default_factory=default_data_dir, description="Where everything is kept: database, jobs, versions, logs."
    )

    host: str = Field("127.0.0.1", description="Address the viewer listens on. Beyond this machine people sign in.")
    viewer_port: int = Field(8866, ge=0, le=65535, description="Port of the dashboards' pages. 0: any free one.")
    public_url: str | None = Field(
        None,
        description="Address by which people reach the viewer through a proxy, as in `https://dashboards.example.org`. "
        "With it everybody needs an account, this machine included.",
    )
    session_days: float = Field(14, gt=0, le=365, description="Days after which somebody has to sign in again.")
    oidc_issuer: str | None = Field(
        None,
        description="A provider of identities by which people sign in to the viewer (OpenID Connect), as it names "
        "itself; `https`, or `http` on loopback.",
    )
    oidc_client_id: str | None = Field(None, description="What that provider calls this server.")
    oidc_client_secret: SecretStr | None = Field(None, description="The secret it gave, if it wants one.")
    oidc_name: str = Field(
        "single sign-on", min_length=1, max_length=60, description='What people call it: "Sign in with …".'
    )
    oidc_domains: str = Field(
        "",
        description="Domains of e-mail addresses, separated by commas, whose people get an account when they first "
        "come from that provider; `*`: everybody who does. None: only who has an account already comes in.",
    )
    oidc_role: Role = Field(Role.VIEWER, description="The role of those new accounts: `viewer`, `creator` or `editor`.")
    jupyterhub_url: str | None = Field(
        None, description="A JupyterHub by which people sign in to the viewer, as in `https://jupyter.example.org`."
    )
    jupyterhub_api_url: str | None = Field(
        None, description="Where this server reaches the Hub's API, if not at `/hub/api` of that address."
    )
    jupyterhub_client_id: str = Field("service-dashwright", description="What the Hub calls this server.")
    jupyterhub_api_token: SecretStr | None = Field(None, description="The token of that service of the Hub.")
    jupyterhub_domain: str | None = Field(
        None, description="Domain of the Hub's people: `ada` there is `ada@example.org` here, and gets an account."
    )
    jupyterhub_role: Role = Field(Role.VIEWER, description="The role of those new accounts, as that of OIDC.")
    studio_port: int = Field(8888, ge=0, le=65535, description="Port of JupyterLab. 0: any free one.")
    api_port: int = Field(8867, ge=0, le=65535, description="Port of the REST API. 0: any free one.")
    api_hosts: tuple[str, ...] = Field(
        (), description="Names by which the REST API is reached, beside loopback, as a JSON list of texts."
    )
    lab_origins: tuple[Annotated[str, Field(pattern=ORIGIN)], ...] = Field(
        (),
        description="JupyterLabs beyond this machine that show dashboards in a tab, as a JSON list of origins "
        '(`["https://jupyter.example.org"]`). On this machine each may.',
    )
    dashboards_per_hour: int = Field(
        5, ge=0, le=10_000, description="Dashboards that an account may ask for by the REST API. 0: no limit."
    )
    searches_per_hour: int = Field(
        50, ge=0, le=10_000, description="Searches for datasets by an account in the REST API. 0: no limit."
    )
    anonymous_requests_per_hour: int = Field(
        100,
        ge=0,
        le=10_000,
        description="Requests without an account, from one network address, that the REST API answers. 0: no limit.",
    )
    max_upload_size: ByteSize = Field(ByteSize(512 * 1024**2), ge=1, description="Size of one uploaded file.")
    max_kernels: int = Field(20, ge=1, description="Viewers' kernels running at the same time.")
    kernel_idle_timeout: float = Field(600, gt=0, description="After this long without use a viewer's kernel ends.")

    kernel_memory: ByteSize = Field(ByteSize(4 * GIB), ge=0, description="Memory of one kernel. 0: no limit.")
    kernel_file_size: ByteSize = Field(
        ByteSize(2 * GIB), ge=0, description="Size of a file a kernel writes. 0: no limit."
    )
    kernel_open_files: int = Field(1024, ge=0, description="Open files of one kernel. 0: no limit.")
    kernel_processes: int = Field(1024, ge=0, description="Processes and threads a kernel may add. 0: no limit.")

    workers: int = Field(2, ge=1, le=64, description="Jobs worked on at the same time by one worker process.")
    user_jobs: int = Field(
        2, ge=0, description="Jobs of one account, unless an admin's, that run at the same time. 0: no limit."
    )
    memory: ByteSize = Field(ByteSize(4 * GIB), ge=256 * 1024**2, description="Memory of the process that runs a job.")
    job_timeout: float = Field(3600, gt=0, description="For a whole job.")
    job_attempts: int = Field(3, ge=1, le=20, description="Times a job is begun whose worker was lost.")
    lease: float = Field(30, gt=0, description="A worker not heard of for this long has lost its job.")
    heartbeat: float = Field(2, gt=0, description="How often a worker is heard of, and looks whether to cancel.")
    shutdown_grace: float = Field(5, ge=0, description="What a job may still take when its worker is told to stop.")
    database_patience: float = Field(300, ge=0, description="How long a running job waits for a database that is gone.")
    keep_jobs: float = Field(7, ge=0, description="Days that the folder of an ended job is kept.")

    pictures: Literal["auto", "on", "off"] = Field(
        "auto", description="Pictures of published pages: auto (not as root), on, off. They need a browser."
    )
    browser: Path | None = Field(None, description="Chromium or Chrome for pictures; as a rule it is found.")

    max_download_size: ByteSize = Field(ByteSize(2 * GIB), ge=1, description="Size of one download.")
    max_unpacked_size: ByteSize = Field(ByteSize(8 * GIB), ge=1, description="Size of all files of one archive.")
    sources: str = Field(
        "samples",
        description="Where data is looked for unless a person says so: names separated by commas, as in "
        "`samples, world-bank`, or `all` for every source that is ready. `dashwright sources` lists them.",
    )
    public_licences: str = Field(
        licensing.ANY,
        description="Licences that the data of public dashboards may have: `any`, or SPDX ids separated by commas, as "
        "in `CC0-1.0, CC-BY-*`. `other` stands for licences without such an id, `own` for files and databases that "
        "people bring, `unknown` for data of others without a licence; none of the three is included unless named.",
    )
    search_cache: float = Field(3600, ge=0, description="How long what sources answered is kept. 0: not at all.")

    max_bytes_billed: ByteSize = Field(
        ByteSize(10 * GIB), ge=1, description="What one query may read of BigQuery, which is paid by bytes read."
    )
    max_columns: int = Field(2000, ge=1, description="Columns of one table.")
    download_timeout: float = Field(
        60, gt=0, description="Without a byte; a whole download may take ten times as long."
    )
    execution_timeout: float = Field(600, gt=0, description="For one cell; a whole notebook may take twice as long.")
    allow_private_addresses: bool = Field(
        False, description="Whether data may come from loopback, private or link-local addresses."
    )

    kaggle_base_url: str | None = Field(None, description="Instead of Kaggle's own address.")
    kaggle_timeout: float | None = Field(None, gt=0, description="For one answer of Kaggle.")

    bigquery_base_url: str | None = Field(None, description="Instead of BigQuery's own address.")
    bigquery_timeout: float | None = Field(None, gt=0, description="For one answer of BigQuery.")
    ckan_base_url: str | None = Field(None, description="The CKAN portal to search. Others are named by addresses.")
    ckan_timeout: float | None = Field(None, gt=0, description="For one answer of a CKAN portal.")
    datagov_base_url: str | None = Field(None, description="Instead of data.gov's own address.")
    datagov_timeout: float | None = Field(None, gt=0, description="For one answer of data.gov.")
    eurostat_base_url: str | None = Field(None, description="Instead of Eurostat's own address.")
    eurostat_timeout: float | None = Field(None, gt=0, description="For one answer of Eurostat.")
    fred_base_url: str | None = Field(None, description="Instead of FRED's own address.")
    fred_timeout: float | None = Field(None, gt=0, description="For one answer of FRED.")
    google_dataset_base_url: str | None = Field(
        None, description="Instead of the addresses of Data Commons (its `/v2`) and DataCite (its `/dois`)."
    )
    google_dataset_timeout: float | None = Field(
        None, gt=0, description="For one answer of Data Commons, DataCite or a page that describes a dataset."
    )
    huggingface_base_url: str | None = Field(
        None, description="Instead of Hugging Face's own address. Its dataset viewer is then below `/datasets-server`."
    )
    huggingface_timeout: float | None = Field(None, gt=0, description="For one answer of Hugging Face.")
    owid_base_url: str | None = Field(None, description="Instead of Our World in Data's own address.")
    owid_timeout: float | None = Field(None, gt=0, description="For one answer of Our World in Data.")
    who_base_url: str | None = Field(None, description="Instead of the address of the WHO's Global Health Observatory.")
    who_timeout: float | None = Field(None, gt=0, description="For one answer of the WHO.")
    world_bank_base_url: str | None = Field(None, description="Instead of the World Bank's own address.")
    world_bank_timeout: float | None = Field(None, gt=0, description="For one answer of the World Bank.")
    zenodo_base_url: str | None = Field(None, description="Instead of Zenodo's own address.")
    zenodo_timeout: float | None = Field(None, gt=0, description="For one answer of Zenodo.")

    planner: str = Field(
        AUTO,
        description="Who plans dashboards: `auto` (the AI providers with a key), `offline`, or providers in their "
        "order, as in `openai, gemini`; the offline planner stands in for all of them. Other packages add names.",
    )
    gemini_base_url: str | None = Field(None, description="Instead of Gemini's own address.")
    gemini_model: str | None = Field(None, description="Gemini's model, if not the default one.")
    gemini_price: str | None = Field(
        None, description="US dollars for a million tokens of that model, as in `0.30/0.075/2.50`: in, cached, out."
    )
    openai_base_url: str | None = Field(None, description="Instead of OpenAI's own address.")
    openai_model: str | None = Field(None, description="OpenAI's model, if not the default one.")
    openai_price: str | None = Field(
        None, description="US dollars for a million tokens of that model, as in `0.30/0.075/2.50`: in, cached, out."
    )
    perplexity_base_url: str | None = Field(None, description="Instead of Perplexity's own address.")
    perplexity_model: str | None = Field(None, description="Perplexity's model, if not the default one.")
    perplexity_price: str | None = Field(
        None, description="US dollars for a million tokens of that model, as in `0.30/0.075/2.50`: in, cached, out."
    )
    compatible_base_url: str | None = Field(
        None, description="A server that speaks OpenAI's protocol, as Ollama, vLLM and llama.cpp do."
    )
    compatible_model: str | None = Field(None, description="The model of that server.")
    compatible_price: str | None = Field(
        None, description="US dollars for a million tokens of that model, as in `0.30/0.075/2.50`: in, cached, out."
    )
    compatible_api_key: SecretStr | None = Field(None, description="The key for that server, if it wants one.")
    ai_timeout: float = Field(60, gt=0, description="For one answer of an AI provider.")
    ai_patience: float = Field(
        5, ge=0, description="What a dashboard may take longer because of AI providers that fail."
    )
    ai_budget: float = Field(5, ge=0, description="US dollars that a user's calls may cost a day (UTC).")
    ai_cache: float = Field(24, ge=0, description="Hours that an answer serves identical questions. 0: never.")
    ai_sample_values: bool = Field(
        True, description="Whether AI providers are shown a few values of each column, beside names and statistics."
    )
    view_addresses: Literal["hashed", "truncated", "none"] = Field(
        "hashed",
        description="What is kept of the network address of somebody who looks at a dashboard without an account: "
        "`hashed`, a digest that is another one each day; `truncated`, beside that the network (/24, of IPv6 /48) and "
        "the browser's name; `none`.",
    )
    keep_views: float = Field(395, gt=0, le=3660, description="Days that it is kept who looked at which dashboard.")
    smtp_url: SecretStr | None = Field(
        None,
        description="The mail server that takes notices: `smtp://user:password@host:587` with STARTTLS (`?tls=off` "
        "without), or `smtps://…`; `?ca=FILE` names certificates to trust instead of the system's.",
    )
    mail_from: str | None = Field(
        None, description="Who those mails come from, as in `Dashboards <dashboards@example.org>`."
    )
    metrics_token: SecretStr | None = Field(
        None, description="Lets others than this machine read `/metrics`, as `Authorization: Bearer`."
    )
    metrics_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Port on loopback where a worker tells its `/metrics`; 0: any free one, which its log names. "
        "Unset: it tells none.",
    )
    log_format: Literal["text", "json"] | None = Field(
        None, description="How the servers log: `text` or `json`. Unset: text at a terminal, JSON elsewhere."
    )
    otel_exporter_otlp_endpoint: str | None = _own_name(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "A collector of OpenTelemetry, by HTTP, that traces are sent to, as in `http://localhost:4318`.",
    )
    otel_exporter_otlp_headers: SecretStr | None = _own_name(
        "OTEL_EXPORTER_OTLP_HEADERS", "Headers for that collector, as in `name=value,other=value`."
    )

    postgres_user: str = Field(
        "dashwright",
        pattern=r"^[a-z_][a-z0-9_-]{0,30}$",
        description="For root only: the system user, made if missing, that the embedded PostgreSQL runs as.",
    )
    database_url: SecretStr | None = _own_name("DATABASE_URL", "A PostgreSQL to use instead of the embedded one.")
    secret_key: SecretStr | None = _own_name(
        "SECRET_KEY", "Signs messages. Made and kept in the data directory if unset."
    )
    gemini_api_key: SecretStr | None = _own_name("GEMINI_API_KEY", "Plans by Gemini.")
    google_api_key: SecretStr | None = _own_name("GOOGLE_API_KEY", "Plans by Gemini, where GEMINI_API_KEY is not set.")
    openai_api_key: SecretStr | None = _own_name("OPENAI_API_KEY", "Plans by OpenAI.")
    perplexity_api_key: SecretStr | None = _own_name("PERPLEXITY_API_KEY", "Plans by Perplexity.")
    kaggle_username: str | None = _own_name("KAGGLE_USERNAME", "Datasets from Kaggle.")
    kaggle_key: SecretStr | None = _own_name("KAGGLE_KEY", "Datasets from Kaggle.")
    dc_api_key: SecretStr | None = _own_name("DC_API_KEY", "Variables of Google's Data Commons.")
    kaggle_api_token: SecretStr | None = _own_name(
        "KAGGLE_API_TOKEN", "Datasets from Kaggle, instead of name and key: a token, or the path of a file with one."
    )
    kaggle_config_dir: Path | None = _own_name(
        "KAGGLE_CONFIG_DIR",
        "Where `access_token` and `kaggle.json` are looked for if no other variable has a key for Kaggle. "
        "Unset: `~/.kaggle`, then `~/.config/kaggle`.",
    )
    fred_api_key: SecretStr | None = _own_name("FRED_API_KEY", "Economic series from FRED.")
    data_gov_api_key: SecretStr | None = _own_name("DATA_GOV_API_KEY", "Datasets from data.gov.")
    storage_dir: Path | None = Field(
        None, description="The folder that keeps versions and their data; else `storage` in the data directory."
    )
    storage_grace: float = Field(
        24, ge=0, description="Hours that is kept in storage what nothing refers to any more, or not yet."
    )
    upload_grace: float = Field(24, ge=0, description="Hours that an uploaded file is kept which no dashboard needs.")
    gcs_bucket: str | None = _own_name(
        "GCS_BUCKET", "A Google Cloud bucket for versions and their data, instead of a folder: `bucket/prefix`."
    )
    google_cloud_project: str | None = _own_name(
        "GOOGLE_CLOUD_PROJECT", "The project of that bucket, and the one that pays for BigQuery."
    )
    google_application_credentials: Path | None = _own_name(
        "GOOGLE_APPLICATION_CREDENTIALS",
        "File with the credentials for that bucket and for BigQuery: of a service account, or a person's for BigQuery.",
    )
    storage_emulator_host: str | None = _own_name(
        "STORAGE_EMULATOR_HOST", "A server that stands in for Google Cloud Storage."
    )

    @field_validator("data_dir", "storage_dir", "google_application_credentials")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path else None

    @field_validator("gcs_bucket")
    @classmethod
    def _is_bucket(cls, text: str | None) -> str | None:
        """`bucket` or `bucket/prefix`, however it was written."""
        if text is None:
            return None
        name = text.removeprefix("gs://").rstrip("/")
        if not BUCKET.fullmatch(name):
            raise ValueError(
                f"'{text[:80]}' is no name of a bucket; write bucket, bucket/prefix or gs://bucket/prefix, with "
                "letters, digits, dots, dashes and underscores"
            )
        return name

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            scheme = url.get_secret_value().split(":", 1)[0]
            if scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
                raise ValueError(f"it begins with '{scheme[:30]}:'; only PostgreSQL is possible, as in {EXAMPLE}")
            try:
                TypeAdapter(PostgresDsn).validate_python(url.get_secret_value())
            except ValidationError:
                if "host=" not in url.get_secret_value():  # a socket's folder as ?host= is fine
                    raise ValueError(f"it is no address of a database, as in {EXAMPLE}") from None
        return url

    @field_validator("public_url")
    @classmethod
    def _is_base_of_pages(cls, url: str | None) -> str | None:
        if url is not None and not PUBLIC_URL.fullmatch(url):
            raise ValueError("it is no address without a path, as in https://dashboards.example.org")
        return url.rstrip("/") if url else None

    @field_validator("oidc_issuer")
    @classmethod
    def _is_issuer(cls, url: str | None) -> str | None:
        if url is not None and not ISSUER.fullmatch(url):
            raise ValueError("it is no address of a provider, as in https://accounts.example.org")
        return url

    @field_validator("oidc_domains")
    @classmethod
    def _names_domains(cls, text: str) -> str:
        names = [name.strip() for name in text.split(",") if name.strip()]
        return ", ".join(dict.fromkeys(name if name == "*" else _domain(name) for name in names))

    @field_validator("jupyterhub_url", "jupyterhub_api_url", "otel_exporter_otlp_endpoint")
    @classmethod
    def _is_hub(cls, url: str | None) -> str | None:
        if url is not None and not HUB.fullmatch(url):
            raise ValueError("it is no address of a server without a query, as in https://jupyter.example.org")
        return url.rstrip("/") if url else None

    @field_validator("jupyterhub_domain")
    @classmethod
    def _names_domain(cls, text: str | None) -> str | None:
        return None if text is None else _domain(text)

    @field_validator("oidc_role", "jupyterhub_role")
    @classmethod
    def _is_no_admin(cls, role: Role) -> Role:
        if role is Role.ADMIN:
            raise ValueError("nobody becomes an admin by signing in; `dashwright user role` makes one")
        return role

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            relay.parse(url.get_secret_value())
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, text: str | None) -> str | None:
        if text is not None and not SENDER.fullmatch(parseaddr(text)[1]):
            raise ValueError("it has no e-mail address, as in Dashboards <dashboards@example.org>")
        return text

    @model_validator(mode="after")
    def _has_sender(self) -> Self:
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError(f"{PREFIX}SMTP_URL cannot be used: {PREFIX}MAIL_FROM does not say who mails come from")
        return self

    @field_validator("planner")
    @classmethod
    def _names_planners(cls, text: str) -> str:
        names = [name.strip() for name in text.lower().split(",")]
        if (wrong := next((name for name in names if not PLANNER.fullmatch(name)), None)) is not None:
            raise ValueError(f"'{wrong}' is no name; write auto, offline, or names separated by commas")
        if AUTO in names and len(names) > 1:
            raise ValueError("'auto' chooses by itself and stands alone")
        if OFFLINE in names[:-1]:
            raise ValueError("'offline' never fails, so nothing can come after it")
        return ", ".join(dict.fromkeys(names))

    @field_validator("sources")
    @classmethod
    def _names_sources(cls, text: str) -> str:
        from ..pipelines.sources.standing import ALL, refuse_unknown

        wanted = [name.strip() for name in text.lower().split(",") if name.strip()]
        try:
            refuse_unknown(wanted)
        except InputError as error:
            raise ValueError(f"{error}") from None
        if not wanted or (ALL in wanted and len(wanted) > 1):
            raise ValueError(f"write names separated by commas, or '{ALL}' alone")
        return ", ".join(dict.fromkeys(wanted))

    @field_validator("public_licences")
    @classmethod
    def _names_licences(cls, text: str) -> str:
        return licensing.checked(text)

    @property
    def relay(self) -> relay.Relay | None:
        """The mail server that takes notices."""
        return relay.parse(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @property
    def searched(self) -> tuple[str, ...]:
        """Names of the sources in which data is looked for where a person names none."""
        return tuple(self.sources.split(", "))

    @property
    def providers(self) -> tuple[str, ...]:
        """Names of the AI providers in the order in which they are asked. Empty: none is."""
        if self.planner != AUTO:
            return tuple(name for name in self.planner.split(", ") if name in PROVIDERS or is_provider(name))
        return tuple(name for name in PROVIDERS if self.is_configured(name))

    @property
    def others_planner(self) -> str | None:
        """The planner of another package that takes the place of AI providers and of the offline planner."""
        return self.planner if planners.is_planner(self.planner) else None

    def is_configured(self, provider: str) -> bool:
        """Whether a provider of ours can be asked: with a key, and one that is anybody's server with an address."""
        service = self.provider(provider)
        return (service.base_url if provider == "compatible" else service.key) is not None

    def provider(self, name: str) -> Service:
        """How an AI provider is reached. One of another package gets the time-out alone."""
        if name not in PROVIDERS:
            return Service(timeout=self.ai_timeout)
        keys = (getattr(self, field) for field in PROVIDERS[name])
        options = {option: getattr(self, f"{name}_{option}") for option in ("model", "price")}
        return Service(
            base_url=getattr(self, f"{name}_base_url"),
            key=next((key for key in keys if key is not None), None),
            timeout=self.ai_timeout,
            options={option: value for option, value in options.items() if value},
        )

    @property
    def limits(self) -> Limits:
        """What the steps of one job may use."""
        own = {name: getattr(self, name) for name in Limits.model_fields if name not in ("cache", "parts")}
        return Limits.model_validate({**own, "cache": str(self.cache)})

    @property
    def services(self) -> dict[str, Service]:
        """How the servers of sources are reached, where anything is set for them."""
        services = {name: self._service(name, *fields) for name, fields in SOURCES.items()}
        services["kaggle"] = kaggle_files.signed(services["kaggle"], self.kaggle_api_token, self.kaggle_config_dir)
        return {name: service for name, service in services.items() if service != Service()}

    def _service(self, name: str, user: str | None, key: str | None) -> Service:
        field = name.replace("-", "_")
        secret: SecretStr | Path | None = getattr(self, key) if key else None
        return Service(
            base_url=getattr(self, f"{field}_base_url"),
            timeout=getattr(self, f"{field}_timeout"),
            user=getattr(self, user) if user else None,
            key=SecretStr(str(secret)) if isinstance(secret, Path) else secret,
        )

    @property
    def jobs(self) -> Path:
        return self.data_dir / "jobs"

    @property
    def versions(self) -> Path:
        return self.data_dir / "versions"

    @property
    def picture_folders(self) -> Path:
        return self.data_dir / "pictures"

    @property
    def storage(self) -> Path:
        """Where versions are kept when it is no bucket."""
        return self.storage_dir or self.data_dir / "storage"

    @property
    def uploads(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def cache(self) -> Path:
        """What can be had again."""
        return self.data_dir / "cache"

    @property
    def run(self) -> Path:
        return self.data_dir / "run"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def secrets(self) -> Path:
        return self.data_dir / "secrets"

    def make_folders(self) -> None:
        """The data directory with its private folders. An existing folder keeps its mode.

        Raises:
            SetupError: the data directory cannot be made or written.
        """
        try:
            if not self.data_dir.exists():
                # To pass through but not to list: as root the database's user has its own folder in there.
                self.data_dir.mkdir(parents=True, exist_ok=True)  # another command may make it just now
                self.data_dir.chmod(0o711)
            for folder in (self.jobs, self.versions, self.uploads, self.cache, self.run, self.logs, self.secrets):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise SetupError(
                f"The data directory '{self.data_dir}' cannot be used: {error.strerror} ('{error.filename}'). "
                f"Choose another with --data-dir or {PREFIX}DATA_DIR."
            ) from error


def load(data_dir: Path | None = None) -> Settings:
    """The settings of this process; `data_dir` goes before its variable.

    Raises:
        SetupError: a variable has no possible value, or its name begins with DASHWRIGHT_ and is not known.
    """
    refuse_unknown(os.environ)
    given: dict[str, Any] = {} if data_dir is None else {"data_dir": data_dir}
    try:
        settings = Settings(**given)
        planners.refuse_unknown(settings.planner.split(", "))
    except ValidationError as error:
        raise SetupError(" ".join(_sentence(item) for item in error.errors(include_url=False))) from None
    except InputError as error:
        raise SetupError(f"{PREFIX}PLANNER cannot be used: {error}") from None
    return settings


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """A misspelt setting would be a setting that silently does nothing."""
    known = [variable(name, field) for name, field in Settings.model_fields.items()]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            names = ", ".join(item for item in known if item.startswith(PREFIX))
            raise SetupError(f"{name} is not a setting of Dashwright.{hint} The settings are: {names}.")


def variable(name: str, field: FieldInfo) -> str:
    """The environment variable that sets a field."""
    return str(field.validation_alias or PREFIX + name.upper())


def markdown() -> str:
    """All settings as a table, as in docs/settings.md."""
    rows = [
        f"| `{variable(name, field)}` | {_default(name, field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | what it does |", "|---|---|---|", *rows, ""])


def _domain(text: str) -> str:
    domain = text.strip().lower().removeprefix("@")
    if not DOMAIN.fullmatch(domain):
        raise ValueError(f"'{domain[:80]}' is no domain of e-mail addresses, as in example.org")
    return domain


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "the user's data folder; for root `/var/lib/dashwright`"
    if isinstance(field.default, ByteSize):
        return f"`{field.default.human_readable(separator='').replace('.0', '')}`"
    return "" if field.default is None else f"`{str(field.default).lower()}`"


def _sentence(item: Any) -> str:
    if not item["loc"]:
        return f"{item['msg'].removeprefix('Value error, ').rstrip('.')}."
    location = str(item["loc"][0])
    field = Settings.model_fields.get(location)
    name = variable(location, field) if field else location
    return f"{name} cannot be used: {item['msg'].removeprefix('Value error, ').rstrip('.')}."


if __name__ == "__main__":
    sys.stdout.write(markdown())
