"""Hugging Face: datasets of its Hub, as the Parquet files that its dataset viewer makes of whatever they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, TypeAdapter

from ..errors import DashwrightError, DataError, LimitError, SourceError
from ..model import Attachment, Candidate, Dataset, License
from ..step import Limits
from .asking import Place, Talk, Told, digest, over
from .formats import sniff
from .licences import licence
from .naming import identifier, title
from .options import described
from .source import Fetched, FetchedFile, Query, Received, Source
from .streaming import digested
from .writing import Writing

NAME = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,95}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
PAGE = re.compile(
    r"https?://(?:www\.)?huggingface\.co/datasets/(?P<name>[^?#]+?)(?:/(?:tree|blob|viewer|resolve)/.*)?/?"
)
VIEWER = "https://datasets-server.huggingface.co"
BELOW = "datasets-server"
"""Where the viewer is on a server that the operator set instead of the Hub's."""
OPTIONS = {"config", "split"}
USUAL = {"config": ("default",), "split": ("train",)}
"""What is taken where a dataset has several and nobody chose: what the Hub itself shows first."""
TABULAR = "modality:tabular"
MOST_SHARDS = 200
MOST_QUESTIONS = 4
"""Searches with fewer words, one after another."""
GROUP = 50_000
"""Rows brought from a shard into the whole at a time."""


def explain(status: int, body: bytes) -> DashwrightError | None:
    if status in (401, 403, 404):  # 401 also for names that do not exist
        return DataError(
            "Hugging Face has no such dataset that everybody may read; check its name, such as 'owner/name'. "
            "What is private or gated has to be downloaded by hand and attached."
        )
    if status == 429:
        return SourceError("Hugging Face was asked more than it allows in five minutes; try again in five minutes.")
    try:
        said = str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return None
    return SourceError(f"Hugging Face refused to answer and said '{said[:200].rstrip('.')}'; try again later.")


PLACE = Place("huggingface", "Hugging Face", "https://huggingface.co", explain)


class About(Told):
    id: str
    author: str | None = None
    sha: str | None = None
    lastModified: datetime | None = None  # noqa: N815 (theirs)
    private: bool = False
    gated: bool | str = False
    disabled: bool = False
    tags: tuple[str, ...] = ()
    description: str | None = None
    cardData: Any = None  # noqa: N815

    @property
    def open(self) -> bool:
        return not (self.private or self.gated or self.disabled)

    @property
    def page(self) -> str:
        return f"{PLACE.address}/datasets/{self.id}"

    def tagged(self, kind: str) -> list[str]:
        return [tag.partition(":")[2] for tag in self.tags if tag.startswith(f"{kind}:")]


class Shard(Told):
    config: str
    split: str
    url: str
    size: int = Field(ge=0)


class Conversion(Told):
    parquet_files: tuple[Shard, ...]
    pending: tuple[Any, ...] = ()
    failed: tuple[Any, ...] = ()
    partial: bool = False


class Split(Told):
    num_examples: int | None = None


class Details(Told):
    features: dict[str, Any] | None = None
    splits: dict[str, Split] | None = None


class Info(Told):
    dataset_info: Details


FOUND, ABOUT = TypeAdapter(tuple[About, ...]), TypeAdapter(About)
CONVERSION, INFO = TypeAdapter(Conversion), TypeAdapter(Info)


@dataclass(frozen=True)
class Part:
    """One split of one configuration: what is one table."""

    config: str
    split: str
    shards: tuple[Shard, ...]
    partial: bool
    others: tuple[str, ...]
    """What else the dataset has, as *config/split*."""

    @property
    def size(self) -> int:
        return sum(shard.size for shard in self.shards)


class HuggingFaceSource(Source):
    """A dataset's name, as "owner/name", or the address of its page. Options: ``config``, ``split``."""

    name = PLACE.source

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """The Hub looks for all words in names, so fewer of them are asked for until something is found."""
        talk = Talk(PLACE, limits)
        words = list(query.keywords)[:MOST_QUESTIONS]
        while words:
            asked: dict[str, str | int] = {
                "search": " ".join(words),
                "filter": TABULAR,
                "sort": "downloads",
                "direction": "-1",
            }
            found = talk.json(FOUND, "api/datasets", {**asked, "limit": min(query.limit, 100), "full": "true"})
            if readable := [about for about in found if about.open]:
                return tuple(map(candidate, readable[: query.limit]))
            words.pop()
        return ()

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        talk = Talk(PLACE, limits)
        about = ask_about(talk, attachment.reference)
        part = chosen_part(talk, about, attachment.options)
        details = Details()
        with suppress(SourceError, DataError):  # The names of columns are worth a question, not a failure.
            details = viewed(talk, INFO, "info", about.id, {"config": part.config}).dataset_info
        found = candidate(about)
        others = f" Also there: {', '.join(part.others[:20])}." if part.others else ""
        return described(
            found.model_copy(
                update={
                    "description": found.description + others,
                    "columns": tuple(details.features or ()) or found.columns,
                    "rows": (details.splits or {}).get(part.split, Split()).num_examples,
                    "size": part.size,
                }
            ),
            attachment,
        )

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        talk = Talk(PLACE, limits, received)
        about = ask_about(talk, candidate.reference)
        part = chosen_part(talk, about, candidate.options)
        # The viewer converts some time after a commit, so its files are part of what tells two states apart.
        state = digest(about.sha, part.config, part.split, [(shard.url, shard.size) for shard in part.shards])
        if previous and about.sha and previous.etag == state:
            return Fetched(unchanged=True, etag=state)
        if part.size > limits.max_download_size:
            raise LimitError(over(PLACE, limits))
        if len(part.shards) > MOST_SHARDS:
            raise LimitError(
                f"'{about.id}' has {len(part.shards):,} files; at most {MOST_SHARDS} are put together. "
                "Choose another 'config' or 'split'."
            )
        shards = [saved(talk, shard, into / f"shard-{number}.parquet") for number, shard in enumerate(part.shards)]
        written = shards[0] if len(shards) == 1 else joined(shards, into, limits)
        name = f"{identifier(about.id.rpartition('/')[2])}.parquet"
        left_out = (f"Hugging Face gives only the first part of '{about.id}', which is large.",) if part.partial else ()
        file = FetchedFile(written.path, name, "parquet", written.size, written.sha256)
        return Fetched((file,), etag=state if about.sha else None, left_out=left_out)


def checked(reference: str) -> str:
    text = reference.strip()
    if page := PAGE.fullmatch(text):
        text = page["name"]
    if not NAME.fullmatch(text) or ".." in text:
        raise DataError(f"'{reference.strip()[:100]}' is no name of a dataset of Hugging Face, such as 'owner/name'.")
    return text


def ask_about(talk: Talk, reference: str) -> About:
    """
    Raises:
        DataError: it is not there, or not open.
    """
    about = talk.json(ABOUT, f"api/datasets/{checked(reference)}")
    if not NAME.fullmatch(about.id):
        raise talk.changed("a dataset without a name")
    if about.gated:
        raise DataError(
            f"'{about.id}' is gated: its owner wants to know who reads it. Sign in at {about.page}, download it there "
            "and attach the file."
        )
    if not about.open:
        raise DataError(f"'{about.id}' is private or was disabled by Hugging Face; choose another dataset.")
    return about


def viewed(talk: Talk, kind: TypeAdapter[Any], what: str, name: str, query: Mapping[str, str]) -> Any:
    """An answer of the dataset viewer, which has a server of its own."""
    own = talk.limits.service(PLACE.source).base_url is not None
    return talk.json(kind, f"{BELOW}/{what}" if own else f"{VIEWER}/{what}", {"dataset": name, **query})


def chosen_part(talk: Talk, about: About, options: Mapping[str, str]) -> Part:
    """
    Raises:
        DataError: an option that does not exist, or nothing that could be made a table.
        SourceError: the conversion is still under way.
    """
    if unknown := sorted(set(options) - OPTIONS):
        raise DataError(f"There is no option '{unknown[0][:50]}'. There are: {', '.join(sorted(OPTIONS))}.")
    made: Conversion = viewed(talk, CONVERSION, "parquet", about.id, {})
    if not made.parquet_files and made.pending:
        raise SourceError(f"Hugging Face is still converting '{about.id}' to tables; try again in some minutes.")
    if not made.parquet_files:
        raise DataError(f"Hugging Face can make no table of '{about.id}'; see {about.page}.")
    config = one_of("config", options, [shard.config for shard in made.parquet_files], about)
    split = one_of("split", options, [shard.split for shard in made.parquet_files if shard.config == config], about)
    parts = dict.fromkeys(f"{shard.config}/{shard.split}" for shard in made.parquet_files)
    parts.pop(f"{config}/{split}")
    shards = tuple(shard for shard in made.parquet_files if (shard.config, shard.split) == (config, split))
    return Part(config, split, shards, made.partial, tuple(parts))


def one_of(name: str, options: Mapping[str, str], there: Sequence[str], about: About) -> str:
    """What was chosen of an option's values, or else a usual one."""
    values = list(dict.fromkeys(there))
    if name not in options:
        return next((value for value in USUAL[name] if value in values), values[0])
    if options[name] not in values:
        more = " …" if len(values) > 10 else ""
        raise DataError(
            f"'{about.id}' has no {name} '{options[name][:100]}'; it has: {', '.join(values[:10])[:400]}{more}."
        )
    return options[name]


def saved(talk: Talk, shard: Shard, target: Path) -> Writing:
    """One file of a conversion, also where the operator's server stands in for the Hub."""
    if not shard.url.startswith("https://") and not shard.url.startswith("http://"):
        raise talk.changed("a file without an address")
    parts = urlsplit(shard.url)
    ours = shard.url.startswith(f"{PLACE.address}/")
    written = talk.save(parts.path if ours else shard.url, target).written
    if written is None:
        raise talk.unstable()
    if sniff(target, target.name) != "parquet":
        raise talk.changed("a file that is no Parquet")
    return written


def joined(shards: Sequence[Writing], into: Path, limits: Limits) -> Writing:
    """All shards as one file, some rows at a time."""
    target = into / "whole.parquet"
    try:
        schema = pa.unify_schemas([bare(pq.read_schema(shard.path)) for shard in shards], promote_options="permissive")
        with pq.ParquetWriter(target, schema, compression="zstd") as writer:
            for shard in shards:
                with pq.ParquetFile(shard.path) as file:
                    for batch in file.iter_batches(GROUP):
                        writer.write_table(aligned(pa.Table.from_batches([batch]), schema))
                shard.path.unlink()
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None):  # the disk's, not the file's
            raise
        what = str(error).splitlines()[0][:200].rstrip(".")
        raise DataError(f"The files of the dataset do not make one table ({what}).") from error
    return digested(target, limits)


def bare(schema: pa.Schema) -> pa.Schema:
    """Without what a library left in it, which would differ from file to file."""
    return pa.schema([pa.field(field.name, field.type) for field in schema])


def aligned(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def candidate(about: About) -> Candidate:
    short = about.id.rpartition("/")[2]
    card = about.cardData if isinstance(about.cardData, dict) else {}
    named = card.get("pretty_name")
    return Candidate(
        source=PLACE.source,
        reference=about.id,
        name=identifier(short),
        title=" ".join(named.split())[:200] if isinstance(named, str) and named.strip() else title(short),
        description=" ".join((about.description or "").split())[:2_000],
        columns=columns(card),
        tags=tuple(tag for tag in about.tags if ":" not in tag)[:50],
        url=about.page,
        publisher=about.author or about.id.rpartition("/")[0] or None,
        license=rights(about, card),
        attribution=f"'{about.id}', Hugging Face, {about.page}.",
        updated_at=about.lastModified,
    )


def columns(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of columns, where the dataset's card has them: of its first configuration."""
    told = card.get("dataset_info")
    first = told[0] if isinstance(told, list) and told else told
    features = first.get("features") if isinstance(first, dict) else None
    if not isinstance(features, list):
        return ()
    return tuple(str(item["name"]) for item in features if isinstance(item, dict) and "name" in item)


def rights(about: About, card: Mapping[str, Any]) -> License | None:
    """The licence of the card, or of the tags made from it. One of the owner's own has a name and a link."""
    told = card.get("license") or about.tagged("license")
    first = told[0] if isinstance(told, list) and told else told
    if not isinstance(first, str):
        return None
    own = card.get("license_name") if first == "other" else None
    link = card.get("license_link")
    return licence(
        first,
        link if isinstance(link, str) else None,
        own if isinstance(own, str) else None,
        page=about.page,
    )
