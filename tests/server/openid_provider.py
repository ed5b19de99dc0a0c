"""A provider of identities as a program of its own: ``python openid_provider.py CLIENT:SECRET``.

What it prints first is its address. It is `oidc-provider-mock`, which knows no PKCE and lets every client in; both are
looked at here. `PUT /spoil` says how its answers are to be wrong from then on, as those of another server or of an
attacker between.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import sys
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import werkzeug.serving
from joserfc import jwt
from joserfc.jwk import RSAKey

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Strict:
    def __init__(self, inner: Wsgi, client: str) -> None:
        self._inner = inner
        self._client = client
        self._key, self._foreign = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
        self._challenges: dict[str, str] = {}
        self._spoil: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if (method, path) == ("PUT", "/spoil"):
            self._spoil = json.loads(body)
            return _answer(start, "200 OK", {})
        if path in self._spoil.get("failing", ()):
            return _answer(start, "503 Service Unavailable", {})
        if path == "/jwks":
            return _answer(start, "200 OK", {"keys": [self._key.as_dict(private=False) | {"use": "sig"}]})
        if path == "/oauth2/token" and (refusal := self._refusal(environ, parse_qs(body.decode()))):
            return _answer(start, "400 Bad Request", {"error": "invalid_grant", "error_description": refusal})
        said: dict[str, Any] = {}

        def listen(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            said.update(status=status, headers=headers)

        content = b"".join(self._inner(environ, listen))
        if path == "/oauth2/authorize" and method == "POST":
            self._remember(environ, dict(said["headers"]).get("Location", ""))
        if path == "/oauth2/token" and said["status"].startswith("200"):
            tokens = json.loads(content)
            return _answer(start, "200 OK", tokens | {"id_token": self._signed(tokens["id_token"])})
        if path == "/.well-known/openid-configuration":
            return _answer(start, "200 OK", json.loads(content) | self._spoil.get("metadata", {}))
        start(said["status"], said["headers"])
        return [content]

    def _remember(self, environ: dict[str, Any], location: str) -> None:
        asked = parse_qs(environ["QUERY_STRING"])
        for code in parse_qs(urlsplit(location).query).get("code", ()):
            assert asked["code_challenge_method"] == ["S256"]
            self._challenges[code] = asked["code_challenge"][0]

    def _refusal(self, environ: dict[str, Any], form: dict[str, list[str]]) -> str | None:
        client = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Basic ")
        if client != b64encode(self._client.encode()).decode():
            return f"the client is not {self._client}"
        digest = hashlib.sha256(form.get("code_verifier", [""])[0].encode()).digest()
        challenge = _base64(digest).decode()
        return None if self._challenges.get(form["code"][0]) == challenge else "the verifier is another one"

    def _signed(self, token: str) -> str:
        payload = token.split(".")[1]
        claims = json.loads(b64decode(payload + "==", altchars=b"-_")) | self._spoil.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        way = self._spoil.get("signed", "RS256")
        if way in ("none", "HS256"):
            signed = b".".join(_base64(json.dumps(part).encode()) for part in ({"alg": way, "kid": "one"}, claims))
            public = self._key.as_pem(private=False)  # which everybody has
            made = hmac.digest(public, signed, "sha256") if way == "HS256" else b""
            return f"{signed.decode()}.{_base64(made).decode()}"
        key = self._foreign if way == "foreign" else self._key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def _base64(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")


def _answer(start: Any, status: str, content: Any) -> list[bytes]:
    start(status, [("Content-Type", "application/json")])
    return [json.dumps(content).encode()]


def main() -> None:
    server = werkzeug.serving.make_server(
        "127.0.0.1", 0, Strict(oidc_provider_mock.app().wsgi_app, sys.argv[1]), threaded=True
    )
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
