"""Client: Kaggle's own client speaking through our guard.

`kagglesdk` writes the questions, signs them and reads the answers. What it sends goes through `Talk`: by itself it has
no time-out, no limit, and follows redirects to any address.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import requests
from kagglesdk import KaggleClient, KaggleEnv
from pydantic import TypeAdapter
from requests.adapters import BaseAdapter

from ...errors import DashwrightError, DataError, SetupError, SourceError
from ...step import Limits
from ..answers import refusal
from ..asking import Place, Talk
from ..credentials import Credentials
from ..source import Received, unheard
from ..web import Download

T = TypeVar("T")
WHERE = (
    "make a token at https://www.kaggle.com/settings, under 'API', and set KAGGLE_API_TOKEN, or KAGGLE_USERNAME and "
    "KAGGLE_KEY, or keep it where Kaggle's own programs look, in ~/.kaggle"
)
ODD = (requests.RequestException, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What kagglesdk raises for an answer in another form: it reads what came as what it expects."""
MOST_WORDS = 200
SHORT = 64 * 1024
"""Bytes; a downloaded file that is longer is no message that something went wrong."""


def explain(status: int, body: bytes) -> DashwrightError | None:
    del body
    match status:
        case 401:
            return SetupError(f"Kaggle does not take the key or token that is set; check it, or {WHERE}.")
        case 403:
            return DataError(
                "Kaggle does not give this to the account that the key is of: there is no such dataset, it is private, "
                "or its conditions must first be accepted on its page."
            )
        case 404:
            return DataError("Kaggle has no such dataset or file; check its name, such as 'owner/name-of-dataset'.")
        case 429:
            return SourceError("Kaggle has been asked too often with this key; try again in some minutes.")
    return None


PLACE = Place("kaggle", "Kaggle", "https://api.kaggle.com", explain)


def key_of(limits: Limits) -> str:
    """
    Raises:
        SetupError: there is none, or what should hold it cannot be used.
    """
    service = limits.service(PLACE.source)
    if problem := service.options.get("problem"):
        raise SetupError(problem)
    if service.key is None:
        raise SetupError(f"Kaggle needs a key: {WHERE}.")
    return service.key.get_secret_value()


class Kaggle:
    """One search, description or download."""

    def __init__(self, limits: Limits, received: Received = unheard) -> None:
        """
        Raises:
            SetupError: there is no key.
        """
        key = key_of(limits)
        service = limits.service(PLACE.source)
        self.talk = Talk(PLACE, limits, received)
        self._line = Line(self.talk, key)
        # Given a token, if an empty one, it looks for none in variables and files: the settings have done that.
        client = KaggleClient(env=KaggleEnv.PROD, api_token="" if service.user else key)
        http = client.http_client()
        with http:
            session = http._session
        session.trust_env = False
        if service.user:
            session.auth = (service.user, key)
        session.adapters.clear()
        session.mount("https://", self._line)
        self.datasets: Any = client.datasets.dataset_api_client

    def ask(self, kind: TypeAdapter[T], method: Callable[[Any], Any], request: Any) -> T:
        """
        Raises:
            SourceError: what is answered has another form.
        """
        answer = self._called(method, request)
        known = {field.json_name for field in type(answer)._fields}
        if self._line.answer and not known & self._line.answer.keys():
            raise self.talk.changed("nothing of what was asked for")
        return self.talk.read(kind, answer)

    def save(self, request: Any, target: Path) -> Download:
        """A download, from wherever Kaggle keeps it; no other server is told the key.

        Raises:
            SourceError: what came instead is a web page.
        """
        self._line.target = target
        try:
            self._called(self.datasets.download_dataset, request)
        finally:
            self._line.target = None
        saved = self._line.saved
        if saved is None or saved.written is None:
            raise self.talk.changed("no file")
        if saved.media_type in ("text/html", "application/xhtml+xml"):
            raise SourceError("Kaggle answers with a web page instead of the file; try again later.")
        self._line.refuse_message(target)
        return saved

    def _called(self, method: Callable[[Any], Any], request: Any) -> Any:
        try:
            return method(request)
        except ODD as error:
            raise self.talk.changed(f"{type(error).__name__} in kagglesdk") from None


class Line(BaseAdapter):
    """The way that what kagglesdk sends by `requests` takes."""

    def __init__(self, talk: Talk, key: str) -> None:
        super().__init__()
        self.target: Path | None = None
        """Where the next answer goes. None: into memory."""
        self.saved: Download | None = None
        self.answer: Mapping[str, Any] = {}
        self._talk = talk
        self._key = key

    def send(self, request: requests.PreparedRequest, *_values: Any, **_named: Any) -> requests.Response:
        """What `requests` says beside the question, of time-outs, certificates and proxies, is decided by `Talk`."""
        path = (request.url or "").removeprefix(PLACE.address)
        body = request.body if isinstance(request.body, bytes) else str(request.body or "{}").encode()
        signed = {"Authorization": str(request.headers.get("Authorization", ""))}
        self._talk.terms = replace(self._talk.terms, credentials=Credentials(signed, secret=self._key))
        if self.target is not None:
            self.saved = self._talk.save(path, self.target, body=body)
            return response({}, request)
        self.answer = self.checked(self._talk.parsed(path, body=body), self._talk.shown(path))
        return response(self.answer, request)

    def close(self) -> None:
        """Nothing is kept open."""

    def checked(self, answer: Any, shown: str) -> Mapping[str, Any]:
        """An answer, unless it says that something went wrong: Kaggle says so with HTTP 200 too.

        Raises:
            DashwrightError: it does.
        """
        if not isinstance(answer, dict):
            raise self._talk.changed("no object")
        error = answer.get("error")
        code = (error if isinstance(error, dict) else answer).get("code")
        if isinstance(code, int) and code >= 400:
            raise explain(code, b"") or refusal(code, shown)
        if said := error or answer.get("errorMessage"):
            raise DataError(f"Kaggle does not give what was asked for and says '{self.words(said)}'.")
        return answer

    def words(self, said: object) -> str:
        """Kaggle's own words, in which no key may be repeated."""
        text = "".join(letter if letter.isprintable() else " " for letter in str(said))
        return " ".join(text.replace(self._key, "***").split())[:MOST_WORDS].rstrip(".")

    def refuse_message(self, path: Path) -> None:
        """
        Raises:
            DashwrightError: what came in place of a file says that something went wrong.
        """
        if path.stat().st_size > SHORT:
            return
        try:
            found = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            return
        told = {"code", "message", "error", "errorMessage", "status", "details"}
        if isinstance(found, dict) and found and found.keys() <= told:
            self.checked(found, "the file")


def response(content: Mapping[str, Any], request: requests.PreparedRequest) -> requests.Response:
    """An answer in the form in which `requests` hands it on."""
    made = requests.Response()
    made.status_code = 200
    made.headers["Content-Type"] = "application/json"
    made.encoding = "utf-8"
    made.raw = BytesIO(json.dumps(content).encode())
    made.url, made.request = request.url or "", request
    return made
