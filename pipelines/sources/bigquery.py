"""BigQuery: a table, or what one SELECT makes of tables there, so that only the result is brought.

Google's own client speaks to it. What a query may cost is asked before it runs, and limited while it does.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import json
import re
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # It says when it will stop supporting a version of Python, years before it does.
    warnings.simplefilter("ignore", FutureWarning)
    from google.api_core import exceptions as google
    from google.cloud import bigquery as client
    from google.cloud.bigquery.retry import DEFAULT_RETRY

import requests
from google.auth import exceptions as refused
from google.auth.transport.requests import Request as SigningIn
from google.oauth2 import credentials as people
from google.oauth2 import service_account

from ..errors import DashwrightError, DataError, LimitError, SetupError, SourceError
from ..model import Attachment, Candidate, Dataset
from ..step import Limits
from . import naming
from .asking import Place, base
from .options import described
from .source import Fetched, FetchedFile, Query, Received, Source, lack
from .sql import counted
from .statement import check_select
from .streaming import stream_to_parquet
from .writing import size_text

PLACE = Place("bigquery", "BigQuery", "https://bigquery.googleapis.com")
NAMED = re.compile(
    r"(?P<project>[a-z](?:[a-z0-9.-]*:)?[a-z0-9-]{2,61})(?:[.](?P<dataset>\w{1,300})(?:[.](?P<table>[\w-]{1,300}))?)?",
)
OPTIONS = {"query"}
SCOPES = ("https://www.googleapis.com/auth/bigquery",)
PAGE = 5_000
"""Rows asked for at a time; BigQuery sends fewer where they are large."""
STORED = ("TABLE", "SNAPSHOT", "CLONE")
"""Kinds of tables whose rows can be listed, which costs nothing. Views have to be queried."""
QUOTAS = ("quotaExceeded", "rateLimitExceeded", "jobRateLimitExceeded")
FAILURES = (google.GoogleAPIError, refused.GoogleAuthError, requests.exceptions.RequestException)
CREDENTIALS = (
    "set GOOGLE_APPLICATION_CREDENTIALS to the file with the key of a service account, or to the one that "
    "'gcloud auth application-default login' writes"
)


@dataclass(frozen=True)
class Named:
    """A table, or what is queried and where names without a dataset are looked for."""

    project: str
    dataset: str | None
    table: str | None
    query: str | None

    @property
    def shown(self) -> str:
        return ".".join(filter(None, (self.project, self.dataset, self.table)))


class BigQuerySource(Source):
    """A table as "project.dataset.table". With the option ``query``: "project" or "project.dataset"."""

    name = PLACE.source
    has_search = False

    def missing(self, limits: Limits) -> str | None:
        return lack(lambda: signing(limits))

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """Tables are named by people, never searched."""
        del query, limits
        return ()

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        named = parse(attachment.reference, attachment.options)
        with Session(named, limits) as session:
            found = planned(session) if named.query else stored(session)
        return described(found, attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        named = parse(candidate.reference, candidate.options)
        with Session(named, limits) as session:
            state: str | None = None
            if named.query:
                names, pages = session.run(named.query)
            else:
                table = session.table()
                listed = table.table_type in STORED
                state = table.etag if listed else None
                if state and previous and previous.etag == state:
                    return Fetched(unchanged=True, etag=state)
                names, pages = session.rows(table) if listed else session.run(f"SELECT * FROM `{named.shown}`")  # noqa: S608 (a name that was checked)
            rows = counted(pages, session.deadline, named.shown, session.late)
            written = stream_to_parquet(names, rows, into, limits, received)
        name = f"{naming.identifier(named.table or named.dataset or 'query')}.parquet"
        file = FetchedFile(written.path, name, "parquet", written.size, written.sha256)
        return Fetched((file,), etag=state)


class Session:
    """One description or download: Google's client, with an end to its patience and its errors as sentences."""

    def __init__(self, named: Named, limits: Limits) -> None:
        service = limits.service(PLACE.source)
        self.named = named
        self.limits = limits
        self.timeout = service.timeout or limits.download_timeout
        setting = "DASHWRIGHT_BIGQUERY_TIMEOUT" if service.timeout else "download_timeout"
        self.deadline = time.monotonic() + 10 * self.timeout
        self.late = (
            f"'{named.shown}' took longer than {10 * self.timeout:g} s (ten times {setting}) and was given up; "
            "ask for less."
        )
        # Tries again what is said to be temporary, as its own rules are, but no longer than one answer may take.
        self.retry = DEFAULT_RETRY.with_timeout(self.timeout).with_delay(initial=0.2, maximum=10, multiplier=2)
        signed, project = signing(limits)
        options = {"api_endpoint": str(base(PLACE, service)).rstrip("/")}
        self.signed = signed
        self.client = client.Client(project=project, credentials=signed, client_options=options)

    def __enter__(self) -> Session:
        # Signed in here: the client would wait for two minutes, whatever time-out it is given.
        with self.asking(), requests.Session() as session:
            self.signed.refresh(functools.partial(SigningIn(session), timeout=self.patience))
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    @property
    def patience(self) -> float:
        return max(0.1, min(self.timeout, self.deadline - time.monotonic()))

    def table(self) -> client.Table:
        """
        Raises:
            LimitError: it is too large to be brought whole.
        """
        named = self.named
        reference = client.DatasetReference(named.project, named.dataset or "").table(named.table or "")
        with self.asking():
            table = self.client.get_table(reference, retry=self.retry, timeout=self.patience)
            size = int(table.num_bytes or 0)
            if not isinstance(table.table_type, str) or not all(field.name for field in table.schema):
                raise ValueError("no kind, or columns without names")
        if size > self.limits.max_download_size:
            raise LimitError(
                f"'{named.shown}' has {size_text(size)} in BigQuery; the most that is brought is "
                f"{size_text(self.limits.max_download_size)} (max_download_size). Aggregate it there with the option "
                "'query'."
            )
        return table

    def rows(self, table: client.Table) -> tuple[list[str], Iterator[Sequence[Sequence[Any]]]]:
        """All rows of a table, page by page, without a query."""
        with self.asking():
            found = self.client.list_rows(table, page_size=PAGE, retry=self.retry, timeout=self.timeout)
        return [field.name for field in table.schema], self.pages(found)

    def plan(self, query: str) -> client.QueryJob:
        """What a query would do, without running it.

        Raises:
            DataError: it would do more than to read.
            LimitError: it would read more than may be paid for.
        """
        check_select(query, "bigquery")
        with self.asking():
            job = self.client.query(
                query, self.config(dry_run=True), retry=self.retry, timeout=self.patience, job_retry=None
            )
            kind, size = str(job.statement_type), int(job.total_bytes_processed)
        if kind != "SELECT":
            raise DataError(f"Only a SELECT may be asked, but BigQuery reads the query as '{kind[:40]}'.")
        if size > self.limits.max_bytes_billed:
            raise LimitError(self.costly(size))
        return job

    def run(self, query: str) -> tuple[list[str], Iterator[Sequence[Sequence[Any]]]]:
        """Names of columns and pages of rows of what a query answers."""
        self.plan(query)
        left = max(0.1, self.deadline - time.monotonic())
        job: client.QueryJob | None = None
        try:
            with self.asking():
                job = self.client.query(query, self.config(), retry=self.retry, timeout=self.patience, job_retry=None)
                found = job.result(page_size=PAGE, retry=self.retry, timeout=left, job_retry=None)
        except (SourceError, LimitError):
            if job is not None:
                with contextlib.suppress(*FAILURES):  # It ends by its own time-out; this only makes it cheaper.
                    job.cancel(retry=None, timeout=5)
            raise
        return [field.name for field in found.schema], self.pages(found)

    def config(self, *, dry_run: bool = False) -> client.QueryJobConfig:
        config = client.QueryJobConfig(use_legacy_sql=False, maximum_bytes_billed=self.limits.max_bytes_billed)
        config.job_timeout_ms = int(1_000 * max(1.0, self.deadline - time.monotonic()))
        if self.named.dataset:
            config.default_dataset = client.DatasetReference(self.named.project, self.named.dataset)
        if dry_run:
            config.dry_run = True
        return config

    def pages(self, found: Any) -> Iterator[Sequence[Sequence[Any]]]:
        pages = iter(found.pages)
        while True:
            with self.asking():
                page = next(pages, None)
                rows = [] if page is None else [row.values() for row in page]
            if page is None:
                return
            if rows:
                yield rows

    def costly(self, size: int | None) -> str:
        reads = f"would read {size_text(size)}" if size is not None else "reads more than may be paid for"
        return (
            f"The query {reads}; the most that BigQuery may bill for one is "
            f"{size_text(self.limits.max_bytes_billed)} (max_bytes_billed). Name fewer columns, or a partition."
        )

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Whatever Google's libraries raise, as ours.

        Raises:
            DashwrightError: always one of these.
        """
        try:
            yield
        except (*FAILURES, concurrent.futures.TimeoutError) as error:
            raise self.failed(error) from None  # What Google's libraries say may hold parts of a key.
        except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
            raise self.changed(f"{type(error).__name__}: {error}") from error

    def failed(self, error: BaseException) -> DashwrightError:
        if isinstance(error, google.RetryError) and error.cause is not None:
            return self.failed(error.cause)
        if isinstance(error, google.GoogleAPICallError):
            return self.explained(error)
        if isinstance(error, refused.TransportError):
            return SourceError("Google's server for signing in cannot be reached; try again later.")
        if isinstance(error, refused.GoogleAuthError):
            return SetupError(f"Google does not take the credentials for BigQuery; {CREDENTIALS}.")
        if isinstance(error, requests.exceptions.InvalidJSONError):
            return self.changed("no JSON")
        if isinstance(error, requests.exceptions.ConnectionError):
            return SourceError("BigQuery cannot be reached; try again later.")
        if time.monotonic() > self.deadline:
            return LimitError(self.late)
        return SourceError(f"BigQuery did not answer within {self.timeout:g} s; try again later.")

    def changed(self, what: str) -> SourceError:
        shown = " ".join(what.split())[:100].rstrip(".")
        return SourceError(
            f"BigQuery answers in another form than Dashwright knows ({shown}); a newer Dashwright may know it."
        )

    def explained(self, error: google.GoogleAPICallError) -> DashwrightError:
        """What BigQuery says of a failure."""
        first = error.errors[0] if error.errors and isinstance(error.errors[0], Mapping) else {}
        reason = str(first.get("reason", ""))
        said = " ".join(str(first.get("message") or error.message or "").split("\n")[0].split())[:300].rstrip(". ")
        status = int(error.code or 0)
        if reason == "bytesBilledLimitExceeded":
            return LimitError(self.costly(None))
        if reason in QUOTAS or status == 429:
            return SourceError(f"BigQuery was asked more than the project's quota allows ({said}); try again later.")
        if reason == "billingNotEnabled":
            return SetupError("The project in GOOGLE_CLOUD_PROJECT has no billing, which BigQuery wants for this.")
        if status == 401:
            return SetupError(f"Google does not take the credentials for BigQuery; {CREDENTIALS}.")
        if status == 403:
            return DataError(f"'{self.named.shown}' may not be read with Dashwright's credentials: {said}.")
        if status == 404:
            return DataError(f"BigQuery has no '{self.named.shown}': {said}.")
        if 400 <= status < 500:
            return DataError(f"BigQuery refused what was asked: {said}.")
        return SourceError(f"BigQuery answers with an error (HTTP {status}); try again later.")


def parse(reference: str, options: Mapping[str, str]) -> Named:
    """
    Raises:
        DataError: it is no name, or table and query together, or neither.
    """
    if unknown := sorted(set(options) - OPTIONS):
        raise DataError(f"There is no option '{unknown[0][:50]}'. There are: {', '.join(sorted(OPTIONS))}.")
    text, query = reference.strip(), options.get("query")
    found = NAMED.fullmatch(text)
    if not found:
        raise DataError(f"'{text[:100]}' is no table of BigQuery, such as 'bigquery-public-data.samples.natality'.")
    named = Named(found["project"], found["dataset"], found["table"], query)
    if named.table and query is not None:
        raise DataError(f"Give a table or a query of '{named.shown[:200]}', not both.")
    if not named.table and query is None:
        raise DataError(f"'{named.shown[:200]}' names no table; add it, or give the option 'query'.")
    if query is not None:
        check_select(query, "bigquery")
    return named


def signing(limits: Limits) -> tuple[Any, str]:
    """Who asks, and the project that pays.

    Raises:
        SetupError: one of them is not there.
    """
    service = limits.service(PLACE.source)
    signed, own_project = credentials(service.key.get_secret_value() if service.key else "")
    project = service.user or own_project
    if not project:
        raise SetupError("BigQuery needs a project that pays for queries; set GOOGLE_CLOUD_PROJECT.")
    return signed, project


def credentials(path: str) -> tuple[Any, str | None]:
    """What the operator's file holds, and the project that it names.

    Raises:
        SetupError: there is none, or it cannot be used.
    """
    if not path:
        raise SetupError(f"BigQuery needs credentials; {CREDENTIALS}.")
    try:
        told = json.loads(Path(path).expanduser().read_bytes())
        kind = told.get("type")
        # By kind: the loader for all of them also runs programs and asks servers that a file names.
        if kind == "service_account":
            return service_account.Credentials.from_service_account_info(told, scopes=SCOPES), told.get("project_id")
        if kind == "authorized_user":
            found = people.Credentials.from_authorized_user_info(told, scopes=SCOPES)
            return found, told.get("quota_project_id")
    except OSError as error:
        raise SetupError(f"The file in GOOGLE_APPLICATION_CREDENTIALS cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, refused.GoogleAuthError):
        raise SetupError(f"The file in GOOGLE_APPLICATION_CREDENTIALS holds no credentials; {CREDENTIALS}.") from None
    raise SetupError(f"Credentials of the kind '{str(kind)[:40]}' are not used; {CREDENTIALS}.")


def stored(session: Session) -> Candidate:
    table, named = session.table(), session.named
    title = table.friendly_name or naming.title(named.table or "")
    return Candidate(
        source=PLACE.source,
        reference=named.shown,
        name=naming.identifier(named.table or ""),
        title=title,
        description=" ".join((table.description or "").split())[:2_000],
        columns=tuple(field.name for field in table.schema),
        url=f"https://console.cloud.google.com/bigquery?p={named.project}&d={named.dataset}&t={named.table}&page=table",
        publisher=named.project,
        attribution=f"'{named.shown}', Google BigQuery.",
        updated_at=table.modified,
        rows=table.num_rows,
        size=table.num_bytes,
        notes={field.name: field.description for field in table.schema if field.description},
    )


def planned(session: Session) -> Candidate:
    """What a query will answer, by a plan that costs nothing."""
    named = session.named
    job = session.plan(named.query or "")
    return Candidate(
        source=PLACE.source,
        reference=named.shown,
        name=naming.identifier(named.dataset or "query"),
        title=naming.title(named.dataset or "query"),
        columns=tuple(field.name for field in job.schema or ()),
        publisher=named.project,
        attribution=f"A query of '{named.shown}', Google BigQuery.",
    )
