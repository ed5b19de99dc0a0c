"""Settings: one frozen record, read from the environment in the entry points and passed on."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import ByteSize, Field, PostgresDsn, SecretStr, TypeAdapter, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from ..pipelines.errors import SetupError
from ..pipelines.services import Service
from ..pipelines.step import Limits

PREFIX = "DASHWRIGHT_"
GIB = 1024**3
SOURCES: dict[str, tuple[str | None, str | None]] = {
    "eurostat": (None, None),
    "fred": (None, "fred_api_key"),
    "owid": (None, None),
    "who": (None, None),
    "world-bank": (None, None),
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
AUTO, OFFLINE = "auto", "offline"
PUBLIC_URL = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?)(:[0-9]{1,5})?/?")
PLANNER = re.compile(r"[a-z][a-z0-9_-]{0,30}")
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
    studio_port: int = Field(8888, ge=0, le=65535, description="Port of JupyterLab. 0: any free one.")
    api_port: int = Field(8867, ge=0, le=65535, description="Port of the REST API. 0: any free one.")
    api_hosts: tuple[str, ...] = Field(
        (), description="Names by which the REST API is reached, beside loopback, as a JSON list of texts."
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
    memory: ByteSize = Field(ByteSize(4 * GIB), ge=256 * 1024**2, description="Memory of the process that runs a job.")
    job_timeout: float = Field(3600, gt=0, description="For a whole job.")
    job_attempts: int = Field(3, ge=1, le=20, description="Times a job is begun whose worker was lost.")
    lease: float = Field(30, gt=0, description="A worker not heard of for this long has lost its job.")
    heartbeat: float = Field(2, gt=0, description="How often a worker is heard of, and looks whether to cancel.")
    shutdown_grace: float = Field(5, ge=0, description="What a job may still take when its worker is told to stop.")
    database_patience: float = Field(300, ge=0, description="How long a running job waits for a database that is gone.")
    keep_jobs: float = Field(7, ge=0, description="Days that the folder of an ended job is kept.")

    max_download_size: ByteSize = Field(ByteSize(2 * GIB), ge=1, description="Size of one download.")
    max_unpacked_size: ByteSize = Field(ByteSize(8 * GIB), ge=1, description="Size of all files of one archive.")
    search_cache: float = Field(3600, ge=0, description="How long what sources answered is kept. 0: not at all.")

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

    eurostat_base_url: str | None = Field(None, description="Instead of Eurostat's own address.")
    eurostat_timeout: float | None = Field(None, gt=0, description="For one answer of Eurostat.")
    fred_base_url: str | None = Field(None, description="Instead of FRED's own address.")
    fred_timeout: float | None = Field(None, gt=0, description="For one answer of FRED.")
    owid_base_url: str | None = Field(None, description="Instead of Our World in Data's own address.")
    owid_timeout: float | None = Field(None, gt=0, description="For one answer of Our World in Data.")
    who_base_url: str | None = Field(None, description="Instead of the address of the WHO's Global Health Observatory.")
    who_timeout: float | None = Field(None, gt=0, description="For one answer of the WHO.")
    world_bank_base_url: str | None = Field(None, description="Instead of the World Bank's own address.")
    world_bank_timeout: float | None = Field(None, gt=0, description="For one answer of the World Bank.")

    planner: str = Field(
        AUTO,
        description="Who plans dashboards: `auto` (the AI providers with a key), `offline`, or providers in their "
        "order, as in `openai, gemini`. The offline planner stands in for all of them.",
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
    metrics_token: SecretStr | None = Field(
        None, description="Lets others than this machine read `/metrics`, as `Authorization: Bearer`."
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
    fred_api_key: SecretStr | None = _own_name("FRED_API_KEY", "Economic series from FRED.")
    gcs_bucket: str | None = _own_name("GCS_BUCKET", "A Google Cloud bucket for the versions.")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

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

    @property
    def providers(self) -> tuple[str, ...]:
        """Names of the AI providers in the order in which they are asked. Empty: the offline planner alone."""
        if self.planner != AUTO:
            return tuple(name for name in self.planner.split(", ") if name != OFFLINE)
        return tuple(name for name in PROVIDERS if self.is_configured(name))

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
        own = {name: getattr(self, name) for name in Limits.model_fields if name != "cache"}
        return Limits.model_validate({**own, "cache": str(self.cache)})

    @property
    def services(self) -> dict[str, Service]:
        """How the servers of sources are reached, where anything is set for them."""
        services = {name: self._service(name, *fields) for name, fields in SOURCES.items()}
        return {name: service for name, service in services.items() if service != Service()}

    def _service(self, name: str, user: str | None, key: str | None) -> Service:
        field = name.replace("-", "_")
        return Service(
            base_url=getattr(self, f"{field}_base_url"),
            timeout=getattr(self, f"{field}_timeout"),
            user=getattr(self, user) if user else None,
            key=getattr(self, key) if key else None,
        )

    @property
    def jobs(self) -> Path:
        return self.data_dir / "jobs"

    @property
    def versions(self) -> Path:
        return self.data_dir / "versions"

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
        return Settings(**given)
    except ValidationError as error:
        raise SetupError(" ".join(_sentence(item) for item in error.errors(include_url=False))) from None


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


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "the user's data folder; for root `/var/lib/dashwright`"
    if isinstance(field.default, ByteSize):
        return f"`{field.default.human_readable(separator='').replace('.0', '')}`"
    return "" if field.default is None else f"`{str(field.default).lower()}`"


def _sentence(item: Any) -> str:
    location = str(item["loc"][0]) if item["loc"] else ""
    field = Settings.model_fields.get(location)
    name = variable(location, field) if field else location
    return f"{name} cannot be used: {item['msg'].removeprefix('Value error, ').rstrip('.')}."


if __name__ == "__main__":
    sys.stdout.write(markdown())
