"""Signing in by a JupyterHub: a real Hub, of which a real viewer is a service."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from dashwright.pipelines.errors import SetupError
from dashwright.server import database
from dashwright.server import settings as settings_
from dashwright.server.access import Role
from dashwright.server.accounts.provers import provers
from dashwright.server.nouns import User
from dashwright.server.settings import Settings
from dashwright.server.store import Identities, Store, Users
from tests.server.conftest import fresh_database, wait_until
from tests.viewer.conftest import Browser, Viewer, running

PASSWORD, TOKEN = "open sesame", "a-token-for-the-service-alone"
CONFIGURATION = """
from jupyterhub.proxy import Proxy

class NoProxy(Proxy):  # the Hub's own pages need none
    async def add_route(self, routespec, target, data): pass
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {{}}

c.JupyterHub.proxy_class = NoProxy
c.Proxy.should_start = False
c.JupyterHub.bind_url = c.JupyterHub.hub_bind_url = "{hub}"
c.JupyterHub.db_url = "sqlite:///:memory:"
c.JupyterHub.cookie_secret = bytes(32)
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.JupyterHub.load_groups = {{"staff": {{"users": ["ada", "grace@example.org", "eve@evil.example", "boss"]}}}}
c.JupyterHub.services = [
    {{"name": "dashwright", "api_token": "{token}", "oauth_redirect_uri": "{redirect}", "oauth_no_confirm": True}}
]
c.JupyterHub.load_roles = [
    {{"name": "dashboards", "scopes": ["access:services!service=dashwright"], "groups": ["staff"]}}
]
"""


@dataclass
class House:
    viewer: Viewer
    store: Store
    hub: str

    def user(self, name: str) -> User | None:
        return Identities(self.store).user(self.hub, name)

    def begun(self, browser: Browser) -> str:
        answer = browser.get("sign-in/jupyterhub", params={"next": "/d/sales"})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def signed_in_there(self, name: str, address: str) -> httpx.Response:
        """The Hub's last answer to somebody who signs in at the Hub, and would go back to us."""
        with httpx.Client(timeout=60) as http:
            page = http.get(address, follow_redirects=True)
            token = re.search(r'name="_xsrf"\s+value="([^"]+)"', page.text)
            assert token is not None, page.text
            form = {"username": name, "password": PASSWORD, "_xsrf": token.group(1)}
            answer = http.post(page.url, data=form)
            while answer.status_code in (302, 303) and not answer.headers["Location"].startswith(self.viewer.address):
                answer = http.get(answer.url.join(answer.headers["Location"]))
            return answer

    def signed_in(self, name: str, browser: Browser | None = None) -> httpx.Response:
        browser = browser or self.viewer.browser()
        back = self.signed_in_there(name, self.begun(browser))
        assert back.status_code == 302, back.text
        return browser.http.get(back.headers["Location"])


@pytest.fixture(scope="module")
def house(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, place = tmp_path_factory.mktemp("house"), tmp_path_factory.mktemp("hub")
    with socket.create_server(("127.0.0.1", 0)) as listener:  # both must know the other's address beforehand
        hub = f"http://127.0.0.1:{listener.getsockname()[1]}"
    variables = {
        "DASHWRIGHT_JUPYTERHUB_URL": f"{hub}/",
        "DASHWRIGHT_JUPYTERHUB_API_TOKEN": TOKEN,
        "DASHWRIGHT_JUPYTERHUB_DOMAIN": "example.org",
        "DASHWRIGHT_JUPYTERHUB_ROLE": "editor",
    }
    with fresh_database(cluster) as url, running(folder, host="0.0.0.0", database=url, **variables) as viewer:
        redirect = f"{viewer.address}sign-in/jupyterhub/callback"
        file, log = place / "configuration.py", place / "hub.log"
        file.write_text(CONFIGURATION.format(hub=hub, password=PASSWORD, token=TOKEN, redirect=redirect))
        command = [sys.executable, "-W", "ignore", "-m", "jupyterhub", "-f", str(file)]
        with (
            log.open("w") as errors,
            subprocess.Popen(command, cwd=place, stdout=errors, stderr=errors) as process,
        ):
            try:
                wait_until(lambda: answers(hub, process, log), pause=0.2)
                store = Store(database.connect(url), Settings(data_dir=folder))
                yield House(viewer, store, hub)
                store.close()
            finally:
                process.terminate()


def answers(hub: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        return httpx.get(f"{hub}/hub/api/").status_code == 200
    except httpx.TransportError:
        return False


def test_people_of_the_hub_come_in_by_it_and_get_an_account(house: House) -> None:
    browser = house.viewer.browser()
    assert ">Sign in with JupyterHub<" in browser.get("sign-in").text
    answer = house.signed_in("ada", browser)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/d/sales")
    user = house.user("ada")
    assert user is not None
    assert (user.email, user.role, user.name) == ("ada@example.org", Role.EDITOR, "ada")
    assert "ada" in browser.get("").text
    assert house.signed_in("ada").status_code == 303


def test_a_name_that_is_an_address_is_one_of_the_domain_only(house: House) -> None:
    assert house.signed_in("grace@example.org").status_code == 303
    user = house.user("grace@example.org")
    assert user is not None
    assert user.email == "grace@example.org"
    Users(house.store).add("eve@evil.example", Role.ADMIN)
    assert house.signed_in("eve@evil.example").status_code == 401
    assert house.user("eve@evil.example") is None


def test_an_account_that_an_admin_made_is_found_by_its_address(house: House) -> None:
    made = Users(house.store).add("boss@example.org", Role.ADMIN)
    assert house.signed_in("boss").status_code == 303
    assert house.user("boss") == Users(house.store).user(made.email)


def test_whom_the_hub_does_not_let_use_the_service_does_not_come_in(house: House) -> None:
    assert house.signed_in_there("mallory", house.begun(house.viewer.browser())).status_code == 403
    assert house.user("mallory") is None


def test_a_code_of_the_hub_is_good_in_its_own_browser_once(house: House) -> None:
    browser, other = house.viewer.browser(), house.viewer.browser()
    back = house.signed_in_there("ada", house.begun(browser)).headers["Location"]
    house.begun(other)
    assert other.http.get(back).status_code == 401
    assert browser.http.get(back).status_code == 303
    assert browser.http.get(back).status_code == 401
    assert TOKEN not in house.viewer.log.read_text()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"URL": "https://hub.example.org"},
            "set DASHWRIGHT_JUPYTERHUB_API_TOKEN and DASHWRIGHT_JUPYTERHUB_DOMAIN too",
        ),
        ({"URL": "https://hub.example.org", "API_TOKEN": "x"}, "set DASHWRIGHT_JUPYTERHUB_DOMAIN too"),
        ({"URL": "hub.example.org"}, "DASHWRIGHT_JUPYTERHUB_URL cannot be used"),
        ({"DOMAIN": "*"}, "'*' is no domain"),
        ({"ROLE": "admin"}, "nobody becomes an admin by signing in"),
    ],
)
def test_settings_that_cannot_work_stop_the_start(
    variables: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"DASHWRIGHT_JUPYTERHUB_{name}", value)
    with pytest.raises(SetupError, match=re.escape(sentence)):
        provers(settings_.load(tmp_path))
