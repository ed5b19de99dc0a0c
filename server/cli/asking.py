"""`new`, `refresh`, `amend` and `follow`: what makes a version, watched until it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import AsJson, DataDir, Planner, Slug, Sources, settings_for

if TYPE_CHECKING:
    from ..nouns import Dashboard, Job
    from ..store import Store
    from ..up.running import Running

AUTO = "auto"
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is done.")]


def new(
    question: Annotated[str, typer.Argument(help="What you want to know, in your own words.", show_default=False)],
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            "-d",
            metavar="WHERE",
            help="A file, a web address, a database address, or a dataset as a source calls it (SOURCE:NAME). May be "
            "given several times. Without it data is looked for in sources.",
        ),
    ] = None,
    source: Sources = None,
    table: Annotated[str | None, typer.Option("--table", help="For a database: the table to take.")] = None,
    query: Annotated[str | None, typer.Option("--query", help='For a database: the rows to take ("SELECT …").')] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="NAME=VALUE", help="For a dataset of a source: an option of that source."),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", "-t", help="Title of the dashboard.")] = None,
    refresh_every: Annotated[
        int,
        typer.Option("--refresh-every", metavar="MINUTES", min=0, help="How often to refresh; 0 is never."),
    ] = 0,
    planner: Planner = None,
    wait: Wait = True,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make a dashboard that answers a question, and print its address.

    Shows the steps as they happen: finding the data, fetching, reading, planning, running, publishing. When nothing
    runs yet, Dashwright is started in the background; `dashwright down` stops it. Ctrl-C stops the watching, not the
    making.

    * `dashwright new "How have life expectancy and income changed across the world?"`
    * `dashwright new "Which regions sell most?" --data sales.csv --title "Sales by region"`
    * `dashwright new "Orders over time" --data postgresql://me@host/shop --table orders --refresh-every 60`
    * `dashwright new "Trips by hour" --data https://example.org/trips.csv.gz --json`
    * `dashwright new "How have forests changed in Brazil?" --source world-bank --source owid`
    * `dashwright new "Is income growing?" --data world-bank:NY.GDP.PCAP.CD --data who:WHOSIS_000001`
    * `dashwright new "Which regions sell most?" --data sales.csv --planner offline`
    """
    from ...pipelines.model import Preferences
    from .attaching import attachments_of, planner_of, question_of, sources_of, title_of

    settings = settings_for(data_dir)
    asked, wanted_title = question_of(question), title_of(title)
    attachments = attachments_of(data or (), table, query, option or ())
    sources = sources_of(source or (), attachments, settings)
    preferences = Preferences(planner=planner_of(planner) or AUTO, sources=sources)
    from .access import working_store

    with working_store(settings) as (store, now):
        job = store.create_dashboard_with_job(
            asked,
            title=wanted_title,
            attachments=attachments,
            preferences=preferences,
            refresh_interval=refresh_every,
        )
        _see_through(store, now, job, wait=wait, as_json=as_json)


def refresh(slug: Slug, wait: Wait = True, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Fetch a dashboard's data again and bring the dashboard up to date.

    The published notebook is run again on the new data. When that works a new version takes the place of the old one;
    when it fails the old one stays, and the page says since when and why. Unchanged data makes no new version.

    * `dashwright refresh sales-by-region`
    """
    from .access import working_store

    with working_store(settings_for(data_dir)) as (store, now):
        _see_through(store, now, store.refresh(slug), wait=wait, as_json=as_json)


def amend(
    slug: Slug,
    wish: Annotated[str, typer.Argument(help="What to change, in your own words.", show_default=False)],
    planner: Planner = None,
    wait: Wait = True,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Change a published dashboard as you say, on the data that it has.

    A new version takes the place of the old one when it works; the old one stays when it does not. Parts of the wish
    that could not be met are told.

    * `dashwright amend sales-by-region "make it monthly and drop the pie"`
    """
    from .access import working_store
    from .attaching import planner_of, wish_of

    words, wanted = wish_of(wish), planner_of(planner)
    with working_store(settings_for(data_dir)) as (store, now):
        job = store.amend(slug, words, planner=wanted)
        _see_through(store, now, job, wait=wait, as_json=as_json)


def retry(
    job: Annotated[str, typer.Argument(help="A dashboard or the id of a job.", show_default=False)],
    step: Annotated[
        str | None, typer.Option("--from", metavar="STEP", help="Keep what was made before this step.")
    ] = None,
    wait: Wait = True,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Try a job again that failed or was cancelled, from the beginning or from a step.

    * `dashwright retry sales-by-region`
    * `dashwright retry sales-by-region --from plan`
    """
    from ...pipelines.build import step as step_of
    from ..store import Revisions
    from .access import working_store
    from .working import job_of

    wanted = step_of(step.strip()).name if step is not None else None
    with working_store(settings_for(data_dir)) as (store, now):
        begun = Revisions(store).retry(job_of(store, job).id, wanted)
        _see_through(store, now, begun, wait=wait, as_json=as_json)


def follow(
    job: Annotated[str, typer.Argument(help="A dashboard or the id of a job.", show_default=False)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Watch a job until it is over: the last one of a dashboard, or any by its id.

    * `dashwright follow sales-by-region`
    """
    from .access import working_store
    from .working import job_of

    with working_store(settings_for(data_dir)) as (store, now):
        _see_through(store, now, job_of(store, job), wait=True, as_json=as_json)


def _see_through(store: Store, now: Running, job: Job, *, wait: bool, as_json: bool) -> None:
    """Watch the job and tell how it ended.

    Raises:
        typer.Exit: with 1 when it failed or was cancelled, with 130 when the person stopped watching.
    """
    from .output import say, show, show_json

    if not wait:
        if as_json:
            show_json(facts(job, None, now, store))
        else:
            show(now.page(job.slug))
            say(f"It is being made. `dashwright follow {job.slug}` shows how far it is.")
        return
    job = _watched(store, job)
    dashboard = store.dashboard(job.slug)
    if job.notice:
        say(f"Note: {job.notice}")
    if as_json:
        show_json(facts(job, dashboard, now, store))
    if job.status != "completed":
        say(_failure(job, dashboard))
        raise typer.Exit(1)
    if not as_json:
        _tell(job, dashboard, now, store)


def see_through_trial(store: Store, now: Running, slug: str, *, as_json: bool) -> None:
    """Try a draft, watch it, and tell where it can be looked at.

    Raises:
        typer.Exit: as `_see_through`.
    """
    from ..store import Revisions
    from .output import say, show, show_json

    job = _watched(store, Revisions(store).try_draft(slug))
    if as_json:
        show_json(facts(job, None, now, store) | {"version": job.version_number})
    if job.status != "completed":
        say(_failure(job, store.dashboard(slug)))
        raise typer.Exit(1)
    if not as_json:
        say(f"Version {job.version_number} is not published; `dashwright draft {slug} --publish` does that.")
        show(f"{now.page(slug)}/versions/{job.version_number}")


def _watched(store: Store, job: Job) -> Job:
    """The job when it is over, or no more to be watched."""
    from .output import say

    try:
        return _watch(store, job)
    except KeyboardInterrupt:
        say(f"The job goes on. `dashwright follow {job.slug}` watches it, `dashwright cancel {job.slug}` stops it.")
        raise typer.Exit(130) from None


def _watch(store: Store, job: Job) -> Job:
    from .following import display

    with display() as shown:
        for state in store.watch(job.id):
            job = state
            shown.update(job)
        shown.end()
    return job


def _failure(job: Job, dashboard: Dashboard) -> str:
    sentence = job.error_message or ("The job was cancelled." if job.status == "cancelled" else "The job failed.")
    kept = f" Version {dashboard.version.number} stays published." if dashboard.version else ""
    return sentence + kept


def _tell(job: Job, dashboard: Dashboard, now: Running, store: Store) -> None:
    from .looking import cautions
    from .output import dollars, say, show

    version = dashboard.version
    if version is None:
        return
    if job.kind == "amend" and version.number != job.version_number:
        say(job.message)
    elif job.unchanged:
        say(f"The data has not changed; version {version.number} of '{dashboard.title}' stays.")
    else:
        widgets = f"{len(version.widgets)} widget{'s' if len(version.widgets) != 1 else ''}"
        cost = f", {dollars(job.ai.cost_usd)} for AI" if job.ai.cost_usd else ""
        say(f"{dashboard.title}: version {version.number}, {widgets}, {sum(job.seconds.values()):.1f} s{cost}")
        for note in (
            *version.notes,
            *cautions(dashboard),
            *_silent(dashboard, store).values(),
            *_outcomes(job, dashboard, store),
        ):
            say(f"Note: {note}")
    show(now.page(dashboard.slug))
    say(f"Notebook: {store.settings.data_dir / version.notebook}")


def _silent(dashboard: Dashboard, store: Store) -> dict[str, str]:
    """Sources that did not answer when the data was looked for, and a sentence for each."""
    from ...pipelines.model import Candidates
    from ...pipelines.step import JobFolder

    folder = JobFolder(store.settings.data_dir / (dashboard.folder or ""))
    return folder.read(Candidates, folder.candidates).failures if folder.candidates.exists() else {}


def _outcomes(job: Job, dashboard: Dashboard, store: Store) -> tuple[str, ...]:
    """For the person who asks, not for viewers: what of a model's answers was not used, and why. A refresh asks none,
    and its version has those of the plan that it keeps."""
    from ...pipelines.providers.transcript import Transcript
    from ...pipelines.step import JobFolder
    from .looking import folder_of

    if job.unchanged or job.kind == "refresh" or dashboard.version is None:
        return ()
    folder = JobFolder(folder_of(dashboard, store.settings))
    return folder.read(Transcript, folder.prompts).outcomes if folder.prompts.exists() else ()


def facts(job: Job, dashboard: Dashboard | None, now: Running | None, store: Store) -> dict[str, Any]:
    """What a program learns of a job and the dashboard it makes."""
    from ...pipelines.build import STEPS
    from .looking import cautions

    version = dashboard.version if dashboard else None
    return {
        "dashboard_id": job.dashboard_id,
        "slug": job.slug,
        "title": dashboard.title if dashboard else None,
        "url": now.page(job.slug) if now else None,
        "job_id": job.id,
        "kind": job.kind,
        "status": job.status,
        "unchanged": job.unchanged,
        "version": version.number if version else None,
        "widgets": [widget.model_dump() for widget in version.widgets] if version else [],
        "notebook": str(store.settings.data_dir / version.notebook) if version else None,
        "data_as_of": version.data_as_of.isoformat() if version else None,
        "notes": list(version.notes) if version else [],
        "cautions": list(cautions(dashboard)) if dashboard else [],
        "seconds": {step.name: job.seconds[step.name] for step in STEPS if step.name in job.seconds},
        "silent_sources": _silent(dashboard, store) if dashboard and not job.unchanged else {},
        "outcomes": list(_outcomes(job, dashboard, store)) if dashboard else [],
        "ai": job.ai.model_dump(),
        "error": {"code": job.error_code, "message": job.error_message, "cure": job.cure}
        if job.error_message
        else None,
    }
