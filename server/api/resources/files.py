"""Files: bring one, list those that were brought, delete one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ....pipelines.model import Noun
from ...access import Action
from ...nouns import Upload
from ...store import Uploads
from ..route import Call, Id, Routes

routes = Routes("Uploads")


class UploadQuery(Noun):
    name: Annotated[str, Field(min_length=1, max_length=255, description="With its ending, which tells the format.")]


class UploadList(Noun):
    items: tuple[Upload, ...]
    max_size: int = Field(description="Bytes that a file may have.")


@routes.post("/uploads", "Bring a file", Action.ASK, status=201, raw=True, problems=(400, 413))
def add_upload(call: Call, query: UploadQuery) -> Upload:
    """The body is the file, as it is. Name it in a request for a dashboard by `upload` and its id."""
    assert call.received is not None  # noqa: S101 - whoever calls has received it
    upload = Uploads(call.store).add(call.user_id, query.name, call.received.path, call.received.sha256)
    call.lead(f"/uploads/{upload.id}")
    return upload


@routes.get("/uploads", "List your files", Action.ASK)
def list_uploads(call: Call) -> UploadList:
    """The newest first, a thousand at most."""
    return UploadList(items=Uploads(call.store).list(call.user_id), max_size=call.settings.max_upload_size)


@routes.delete("/uploads/{upload_id}", "Delete a file", Action.ASK, status=204, problems=(409,))
def delete_upload(call: Call, upload_id: Id) -> None:
    Uploads(call.store).delete(call.user_id, upload_id)
