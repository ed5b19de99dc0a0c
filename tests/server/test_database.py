from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from dashwright.pipelines.errors import SetupError
from dashwright.server import database
from dashwright.server.postgres.account import unprivileged
from dashwright.server.settings import Settings
from dashwright.server.store import Store
from dashwright.server.tables import (
    AiAnswerRow,
    AiCallRow,
    ApiTokenRow,
    Base,
    CacheRow,
    DashboardRow,
    DatasetRow,
    JobRow,
    SessionRow,
    ShareLinkRow,
    ShareRow,
    SignInFailureRow,
    SourceAnswerRow,
    UserRow,
    ViewRow,
    WidgetRow,
)

ORIGINAL = {
    "users": "email name picture_url created_at updated_at",
    "dashboards": "user_id title description query status is_public view_count refresh_interval tags thumbnail_url "
    "completed_at created_at updated_at",
    "dashboard_datasets": "dashboard_id name source original_url gcs_path file_format file_size schema_json metadata "
    "download_status created_at",
    "dashboard_widgets": "dashboard_id dataset_id title type config position chart_config created_at updated_at",
    "dashboard_jobs": "dashboard_id task_id status progress current_step steps error_message started_at completed_at",
    "dashboard_views": "dashboard_id user_id ip_address user_agent viewed_at",
    "dataset_cache": "query_hash query sources results expires_at",
}


def fill(session: Session) -> None:
    """A row in every table."""
    user = UserRow(email="ada@example.org", role="creator")
    session.add(user)
    session.flush()
    dashboard = DashboardRow(user_id=user.id, slug="sales", title="Sales", query="How are sales?")
    session.add(dashboard)
    session.flush()
    of_it = {"dashboard_id": dashboard.id}
    dataset = DatasetRow(**of_it, name="sales", source="files", gcs_path="versions/x/1/data")
    session.add(dataset)
    session.flush()
    session.add(WidgetRow(**of_it, dataset_id=dataset.id, name="a", title="A", type="bar", config={}, position={}))
    job = JobRow(**of_it, task_id="t", kind="amend", request={"kind": "amend", "amendment": "By month"})
    session.add(job)
    session.flush()
    call = {"job_id": job.id, "provider": "gemini", "model": "m", "operation": "plan_dashboard", "outcome": "ok"}
    session.add(AiCallRow(**of_it, **call, user_id=user.id, cost_usd=Decimal("0.00000125")))
    session.add(AiAnswerRow(digest="0" * 64, provider="gemini", model="m", answer={}, expires_at=dashboard.created_at))
    session.add(SourceAnswerRow(source="who", last_failed_at=dashboard.created_at, last_reason="It is closed."))
    session.add(SessionRow(user_id=user.id, token_hash="0" * 64, expires_at=dashboard.created_at))
    session.add(ApiTokenRow(user_id=user.id, name="t", token_hash="0" * 64, scopes=["read"]))
    session.add(SignInFailureRow(subject_hash="0" * 64))
    session.add_all((ShareRow(**of_it, user_id=user.id), ShareRow(**of_it, domain="example.org")))
    session.add(ShareLinkRow(**of_it, user_id=user.id, token_hash="0" * 64))
    session.add(ViewRow(**of_it, user_id=user.id, ip_address="127.0.0.1"))
    session.add(
        CacheRow(query_hash="0" * 64, query="q", sources=["files"], results={}, expires_at=dashboard.created_at)
    )


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    engine = database.connect(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": database.is_ours, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_tables_have_the_columns_of_the_first_plan() -> None:
    for table, columns in ORIGINAL.items():
        assert set(columns.split()) <= {column.name for column in Base.metadata.tables[table].columns}, table


def test_migrations_go_down_and_up_with_rows_in_the_tables(database_url: str) -> None:
    engine = database.connect(database_url)
    with Session(engine) as session, session.begin():
        fill(session)
    database.migrate(database_url, "base")
    assert not database.is_current(database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('dashboards')")) is None
    database.migrate(database_url)
    assert database.is_current(database_url)
    with Session(engine) as session, session.begin():
        fill(session)
    database.migrate(database_url)  # a second time changes nothing
    with Session(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM dashboards")) == 1
    engine.dispose()


def test_several_may_migrate_at_once(database_url: str) -> None:
    database.migrate(database_url, "base")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(database.migrate, [database_url] * 4))
    assert database.is_current(database_url)


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    engine = database.connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SetupError, match=r"made by a newer Dashwright \(its revision is '9999'\)"):
        database.migrate(database_url)


def test_what_belongs_to_a_dashboard_goes_with_it(database_url: str) -> None:
    engine = database.connect(database_url)
    with Session(engine) as session, session.begin():
        fill(session)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM dashboards"))
        for table in ("dashboard_datasets", "dashboard_widgets", "dashboard_jobs", "dashboard_views", "shares"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
        assert connection.scalar(text("SELECT count(*) FROM users")) == 1
        # Not so what it has cost.
        spent = connection.execute(text("SELECT dashboard_id, job_id, cost_usd FROM ai_calls")).one()
        assert spent == (None, None, Decimal("0.00000125"))
    engine.dispose()


def test_the_way_back_over_one_migration_keeps_the_rows(database_url: str) -> None:
    engine = database.connect(database_url)
    with Session(engine) as session, session.begin():
        fill(session)
    database.migrate(database_url, "0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT kind, request FROM dashboard_jobs")).one() == (
            "refresh",
            {"kind": "refresh"},
        )
        assert connection.scalar(text("SELECT to_regclass('ai_calls')")) is None
    database.migrate(database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dashboard_jobs")) == 1
    engine.dispose()


def test_the_time_of_a_change_is_kept_by_the_database(database_url: str) -> None:
    engine = database.connect(database_url)
    with Session(engine) as session, session.begin():
        fill(session)
    with engine.begin() as connection:
        connection.execute(text("UPDATE dashboards SET title = 'Other'"))
        assert connection.scalar(text("SELECT updated_at > created_at FROM dashboards"))
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dashboards SET status = 'nearly'",
        "UPDATE dashboards SET slug = 'Not A Slug'",
        "UPDATE dashboards SET refresh_interval = -1",
        "UPDATE dashboard_jobs SET status = 'nearly'",
        "UPDATE dashboard_jobs SET status = 'processing'",  # without a lease
        "UPDATE dashboard_jobs SET progress = 101",
        "UPDATE dashboard_widgets SET type = 'hologram'",
        "UPDATE users SET role = 'god'",
        "INSERT INTO shares (dashboard_id) SELECT id FROM dashboards",  # with nobody
        "INSERT INTO shares (dashboard_id, domain) SELECT id, 'example.org' FROM dashboards",  # a second time
        "INSERT INTO dashboard_jobs (dashboard_id, request) SELECT id, '{}' FROM dashboards",  # a second live one
    ],
)
def test_the_database_refuses_what_cannot_be(database_url: str, statement: str) -> None:
    engine = database.connect(database_url)
    with Session(engine) as session, session.begin():
        fill(session)
    with engine.connect() as connection, pytest.raises(Exception, match="constraint"):
        connection.execute(text(statement))
    engine.dispose()


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(database.DatabaseGoneError, match=r"^The database does not answer: "):
        database.migrate(f"postgresql://nobody@/nothing?host={tmp_path}")


def test_who_stands_still_in_a_transaction_keeps_no_lock_from_others(database_url: str) -> None:
    frozen, other = database.connect(database_url, idle=0.2), database.connect(database_url)
    lock = text("SELECT pg_advisory_xact_lock(7)")
    with frozen.connect() as holder, other.connect() as waiting:
        holder.execute(lock)
        waiting.execute(lock)  # returns when the holder was ended
        with pytest.raises(database.DatabaseGoneError, match="idle-in-transaction"), database.answering():
            holder.execute(lock)
    with frozen.connect() as fresh:
        assert fresh.scalar(text("SELECT 1")) == 1
    frozen.dispose()
    other.dispose()


def test_connections_that_the_server_ended_meanwhile_are_made_again(database_url: str, tmp_path: Path) -> None:
    store = Store(database.connect(database_url, pool_size=2), Settings(data_dir=tmp_path / "data"))
    with store.reading() as first, store.reading() as second:
        ended = [connection.info.backend_pid for connection in (first, second)]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid, 10000) FROM unnest(%s) pid", [ended])
    assert store.dashboards() == ()
    with store.reading() as first, store.reading() as second:
        assert not {first.info.backend_pid, second.info.backend_pid} & set(ended)
    store.close()


def test_a_connection_that_is_lost_while_reading_is_no_trouble_for_others(database_url: str, tmp_path: Path) -> None:
    store = Store(database.connect(database_url, pool_size=1), Settings(data_dir=tmp_path / "data"))
    with pytest.raises(database.DatabaseGoneError), store.reading() as connection:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert store.dashboards() == ()
    store.close()


def test_missing_tables_are_told_with_the_cure(database_url: str, tmp_path: Path) -> None:
    database.migrate(database_url, "base")
    store = Store(database.connect(database_url), Settings(data_dir=tmp_path))
    with pytest.raises(SetupError, match="run `dashwright migrate`"):
        store.dashboards()
    store.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_the_scheme_means_our_driver(scheme: str) -> None:
    assert database.normalized(f"{scheme}://u:p@h/d").drivername == "postgresql+psycopg"
    assert database.libpq(f"{scheme}://u:p%40@h/d") == "postgresql://u:p%40@h/d"


@pytest.fixture
def foreign_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL that is not ours: the one that the system brings, often an older one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("the system has no PostgreSQL of its own")
    programs, account = found[-1].parent, unprivileged("dashwright")
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/foreign.XXXXXX"], text=True).strip())
    account.own(folder)
    options = {"check": True, "capture_output": True, "cwd": "/", "env": {"PATH": os.defpath}, **account.options}
    subprocess.run([programs / "initdb", "-D", folder / "c", "-A", "trust", "-E", "UTF8", "-U", "tester"], **options)
    flags = f"-c listen_addresses= -k {folder} -c fsync=off"
    with (folder / "out").open("w") as out:
        subprocess.run(
            [programs / "pg_ctl", "start", "-w", "-D", folder / "c", "-o", flags, "-l", "/dev/null"],
            **{**options, "capture_output": False, "stdout": out},
        )
    yield f"postgres://tester@/postgres?host={folder}"
    subprocess.run([programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", folder / "c"], **options)
    shutil.rmtree(folder)


def test_an_external_postgresql_serves_as_well(foreign_url: str, tmp_path: Path) -> None:
    database.migrate(foreign_url)
    store = Store(database.connect(foreign_url), Settings(data_dir=tmp_path))
    job = store.create_dashboard_with_job("How are sales?")
    assert next(store.watch(job.id)).status == "pending"
    assert store.delete(job.slug).slug == "how-are-sales"
    store.close()


def test_a_database_that_cannot_keep_every_text_is_refused(cluster: str) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        with pytest.raises(SetupError, match="'narrow' has the encoding LATIN1"):
            database.migrate(make_url(cluster).set(database="narrow").render_as_string(hide_password=False))
        connection.execute("DROP DATABASE narrow")
