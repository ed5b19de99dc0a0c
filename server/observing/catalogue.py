"""Catalogue: every metric, declared once. What is exposed and the table in the documentation are made from it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram"]
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds: bounds of the buckets for requests."""
MODEL = (0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120)
"""Seconds, for calls of AI providers."""
LONG = (1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1800, 3600)
"""Seconds, for jobs and their steps."""
FROM = Literal["api", "viewer", "worker", "all"]


class Metric(NamedTuple):
    """As it is declared; counters are exposed with `_total` behind their name."""

    name: str
    kind: Kind
    text: str
    labels: tuple[str, ...] = ()
    told_by: tuple[FROM, ...] = ("all",)
    buckets: tuple[float, ...] = ()

    @property
    def exposed(self) -> str:
        return f"{self.name}_total" if self.kind == "counter" else self.name


SERVERS: tuple[FROM, ...] = ("api", "viewer")
WORKER: tuple[FROM, ...] = ("worker",)
AI = ("provider", "operation", "outcome")

BUILD = Metric("dashwright_build_info", "gauge", "1; which version runs.", ("version",))
LOG_LINES = Metric("dashwright_log_lines", "counter", "Lines logged by this process.", ("level",))
REQUESTS = Metric(
    "dashwright_http_requests",
    "counter",
    "Requests that were answered, by the class of their status (`2xx`).",
    ("server", "method", "route", "status"),
    SERVERS,
)
LATENCY = Metric(
    "dashwright_http_request_duration_seconds",
    "histogram",
    "From a request's head to the end of its answer, without streams and sockets.",
    ("server", "method", "route"),
    SERVERS,
    QUICK,
)
KERNELS = Metric("dashwright_kernels", "gauge", "Places for viewers' kernels that are taken.", (), ("viewer",))
KERNELS_LIMIT = Metric("dashwright_kernels_limit", "gauge", "Places that there are.", (), ("viewer",))
POOL = Metric(
    "dashwright_database_pool_connections",
    "gauge",
    "Connections of this process to the database: `in_use` or `idle`.",
    ("state",),
)
POOL_LIMIT = Metric("dashwright_database_pool_limit", "gauge", "Connections that this process may have.")
RUNNING = Metric("dashwright_worker_jobs", "gauge", "Jobs that this worker works on.", (), WORKER)
SLOTS = Metric("dashwright_worker_slots", "gauge", "Jobs that this worker can work on at the same time.", (), WORKER)
JOB_ENDS = Metric(
    "dashwright_job_ends",
    "counter",
    "Ends of this worker's work on a job: `finished`, `failed`, `cancelled`, `handed_back` or `lost`.",
    ("kind", "fate"),
    WORKER,
)
JOB_SECONDS = Metric(
    "dashwright_job_duration_seconds", "histogram", "From claim to end.", ("kind", "fate"), WORKER, LONG
)
STEP_SECONDS = Metric("dashwright_job_step_duration_seconds", "histogram", "What steps took.", ("step",), WORKER, LONG)
CALL_SECONDS = Metric(
    "dashwright_ai_call_duration_seconds", "histogram", "What this worker's calls took.", AI, WORKER, MODEL
)
UP = Metric("dashwright_up_database", "gauge", "1 if the database answers in time, else 0.")
READ_SECONDS = Metric("dashwright_database_read_seconds", "gauge", "What reading the rows below took the last time.")
DEPTH = Metric("dashwright_queue_depth", "gauge", "Jobs that wait.")
AGE = Metric("dashwright_queue_oldest_age_seconds", "gauge", "How long the oldest of them has waited. 0: none waits.")
MESSAGES = Metric("dashwright_queue_messages", "gauge", "Messages that no worker has taken.")
JOBS = Metric("dashwright_jobs", "gauge", "Jobs that are known, by status.", ("status",))
PROCESSING = Metric("dashwright_jobs_processing", "gauge", "Jobs under way, by what is done at the moment.", ("step",))
EXPIRED = Metric("dashwright_jobs_lease_expired", "gauge", "Jobs under way whose worker has not been heard of in time.")
AI_CALLS = Metric("dashwright_ai_calls", "counter", "Calls of AI providers.", AI)
AI_SECONDS = Metric("dashwright_ai_seconds", "counter", "What calls of AI providers took.", AI)
AI_TOKENS = Metric(
    "dashwright_ai_tokens",
    "counter",
    "Tokens: `cached` ones are among the `input`, `thinking` ones among the `output`.",
    ("provider", "operation", "kind"),
)
AI_COST = Metric(
    "dashwright_ai_cost_usd",
    "counter",
    "What AI providers cost in US dollars, where the price is known.",
    ("provider", "operation"),
)
AI_LAST = Metric(
    "dashwright_ai_last_call_timestamp_seconds", "gauge", "When a provider was last asked with this outcome.", AI
)
SOURCE_UP = Metric(
    "dashwright_source_up", "gauge", "1 if a source answered when it was last asked, else 0.", ("source",)
)
SOURCE_ANSWER = Metric(
    "dashwright_source_last_answer_timestamp_seconds", "gauge", "When a source last answered.", ("source",)
)
SOURCE_FAILURE = Metric(
    "dashwright_source_last_failure_timestamp_seconds", "gauge", "When a source last failed.", ("source",)
)

CATALOGUE = tuple(value for value in list(globals().values()) if isinstance(value, Metric))


def markdown() -> str:
    """All metrics as a table, as in docs/observability.md."""
    rows = [
        f"| `{one.exposed}` | {one.kind} | {', '.join(f'`{label}`' for label in one.labels)} "
        f"| {', '.join(one.told_by)} | {one.text} |"
        for one in CATALOGUE
    ]
    return "\n".join(["| metric | type | labels | of | meaning |", "|---|---|---|---|---|", *rows, ""])
