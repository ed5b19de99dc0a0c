"""The golden notebooks: their names, the sample tables they are about, and how data and profile are made."""

from __future__ import annotations

import shutil
from pathlib import Path

from dashwright.pipelines import build
from dashwright.pipelines.model import Attachment, Datasets, Plan, Profile, Request
from dashwright.pipelines.step import JobFolder, Limits, silent

HERE = Path(__file__).parent
SAMPLES = {
    "strikes": ("birdstrikes",),
    "world": ("gapminder",),
    "weather": ("seattle-weather",),
    "flights": ("airports", "flights-airport"),
    "jobs": ("unemployment-across-industries",),
}


def inputs(name: str) -> tuple[Plan, Profile, Datasets]:
    """What a golden notebook is composed from. Kept as files, so that only composing can change the notebook."""
    folder = HERE / "inputs"
    return (
        Plan.model_validate_json((folder / f"{name}.plan.json").read_bytes()),
        Profile.model_validate_json((folder / f"{name}.profile.json").read_bytes()),
        Datasets.model_validate_json((folder / f"{name}.datasets.json").read_bytes()),
    )


def fetch(name: str, folder: Path) -> tuple[Profile, Datasets]:
    """The tables of the samples, read into ``folder/data``, and what is known of them."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    profiles, fetched = [], []
    for sample in SAMPLES[name]:
        job = JobFolder(folder / f"job-{sample}")
        attachment = Attachment(source="samples", reference=sample)
        job.write(
            Request(dashboard_id="golden", slug="golden", question="What?", attachments=(attachment,)), job.request
        )
        for step in ("search", "download", "read", "profile"):
            build.step(step).run(job, Limits(), silent)
        profiles.append(job.read(Profile, job.profile))
        fetched.append(job.read(Datasets, job.datasets))
        for file in job.data.iterdir():
            shutil.copy2(file, folder / "data")
    tables = tuple(table for profile in profiles for table in profile.tables)
    datasets = tuple(dataset for found in fetched for dataset in found.datasets)
    return Profile(tables=tables), Datasets(datasets=datasets)
