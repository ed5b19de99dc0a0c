"""What a hostile viewer can try, and what comes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_binary_message,
    serialize_msg_to_ws_v1,
)
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashwright.server.viewer.handlers import message_type

CONTROL = "jupyter.widget.control"
session = Session(key=b"")


def ask(channels: Any, kind: str, content: dict[str, Any], channel: str = "shell") -> None:
    message = session.msg(kind, content=content, metadata={"version": "1.0.0"})
    parts = [session.pack(message[part]) for part in ("header", "parent_header", "metadata", "content")]
    channels.send(serialize_msg_to_ws_v1(parts, channel))


def answers(channels: Any, awaited: str) -> list[str]:
    """Types of all messages up to the one awaited, and of those that come within a moment after it."""
    kinds: list[str] = []
    try:
        while True:
            _, parts = deserialize_msg_from_ws_v1(channels.recv(timeout=1.5 if awaited in kinds else 120))
            kinds.append(session.unpack(parts[0])["msg_type"])
    except TimeoutError:
        return kinds


def read_until_closed(channels: Any) -> None:
    while True:
        channels.recv()


def test_a_websocket_of_the_old_protocol_is_refused(browser: Any) -> None:
    """One message over it would make Voilà count to billions and answer nobody any more."""
    page = browser.open("small")
    for protocol in (None, "something.else"):
        with pytest.raises(InvalidStatus) as refused, page.channels(protocol):
            pass
        assert refused.value.response.status_code == 400
    assert browser.get("health").status_code == 200


def test_a_connection_that_is_ended_while_much_is_sent_hangs_nobody(viewer: Any, browser: Any) -> None:
    """What is still to be sent then comes in the old protocol's form, also for a page that speaks the new one."""
    viewer.shelf.publish(
        "large",
        "import bqplot, numpy as np\nfrom IPython.display import display",
        "x = bqplot.LinearScale()\nmarks = [bqplot.Lines(x=np.arange(1e5), y=np.arange(1e5), scales={'x': x, 'y': x})]",
        "display(bqplot.Figure(marks=marks))",
    )
    for _ in range(6):
        page = browser.open("large")
        with page.channels() as channels:
            ask(channels, "comm_open", {"comm_id": "c", "target_name": CONTROL, "data": {}})
            for _ in range(10):
                ask(channels, "comm_msg", {"comm_id": "c", "data": {"method": "request_states"}})
            channels.recv()
            page.close()
        assert browser.get("health").status_code == 200


@pytest.mark.parametrize(
    "message",
    [
        (2**40).to_bytes(8, "little") + b"x" * 100,
        (2**63).to_bytes(8, "little"),
        b"",
        b"{}",
        (6).to_bytes(8, "little") + (2**60).to_bytes(8, "little") * 6,
        "{}",
    ],
)
def test_rubbish_over_the_websocket_ends_that_connection_only(browser: Any, message: str | bytes) -> None:
    with browser.open("small").channels() as channels:
        channels.send(message)
        with pytest.raises(ConnectionClosed):
            read_until_closed(channels)
    assert browser.get("health").status_code == 200


def test_a_message_in_the_form_of_the_old_protocol_is_told_from_one_of_the_new() -> None:
    header = {"header": {"msg_type": "execute_input"}, "buffers": [memoryview(b"x" * 40)]}
    assert message_type(serialize_binary_message(header)) is None
    parts = [b'{"msg_type": "execute_input"}', b"{}", b"{}", b"{}", b"buffer"]
    assert message_type(serialize_msg_to_ws_v1(parts, "iopub")) == "execute_input"


def test_code_sent_by_a_viewer_is_not_run(browser: Any) -> None:
    with browser.open("small").channels() as channels:
        ask(channels, "execute_request", {"code": "print(6 * 7)", "silent": False})
        for kind in ("complete_request", "inspect_request", "history_request"):
            ask(channels, kind, {"code": "secret", "cursor_pos": 6})
        ask(channels, "debug_request", {"command": "initialize"}, "control")
        ask(channels, "comm_info_request", {"target_name": "jupyter.widget"})
        kinds = answers(channels, "comm_info_reply")
    assert "comm_info_reply" in kinds
    assert not {"execute_reply", "stream", "complete_reply", "inspect_reply", "history_reply", "debug_reply"} & set(
        kinds
    )


def test_a_control_still_works(browser: Any) -> None:
    with browser.open("small").channels() as channels:
        ask(channels, "comm_open", {"comm_id": "c", "target_name": CONTROL, "data": {}})
        ask(channels, "comm_msg", {"comm_id": "c", "data": {"method": "request_states"}})
        assert "comm_msg" in answers(channels, "comm_msg")


def test_a_kernel_belongs_to_the_browser_that_got_it(browser: Any, stranger: Any) -> None:
    page = browser.open("small")
    stolen = type(page)(stranger, page.answer, page.kernel)
    stranger.open("small")  # has a kernel and an _xsrf cookie of its own
    assert not stolen.is_alive()
    assert stolen.close().status_code == 404
    with pytest.raises(InvalidStatus) as refused, stolen.channels():
        pass
    assert refused.value.response.status_code == 404
    assert page.is_alive()
    stranger.pages[0].close()


def test_another_site_cannot_connect(browser: Any) -> None:
    page = browser.open("small")
    with pytest.raises(InvalidStatus) as refused, page.channels(Origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_a_forged_cookie_is_another_browser(browser: Any) -> None:
    page = browser.open("small")
    value = browser.http.cookies["dashwright-browser"]
    browser.http.cookies.set("dashwright-browser", value[:-4] + "0000")
    assert not page.is_alive()
    browser.http.cookies.set("dashwright-browser", value)
    assert page.is_alive()


def test_a_closed_page_ends_its_kernel(browser: Any) -> None:
    page = browser.open("small")
    assert page.is_alive()
    assert page.close().status_code == 204
    assert not page.is_alive()


def test_ending_a_kernel_needs_the_token_of_the_page(browser: Any) -> None:
    page = browser.open("small")
    assert browser.http.post(f"voila/api/shutdown/{page.kernel}").status_code == 403
    assert page.is_alive()


def test_kernels_cannot_be_started_listed_deleted_or_restarted(browser: Any) -> None:
    page = browser.open("small")
    xsrf = {"X-XSRFToken": browser.http.cookies["_xsrf"]}
    assert browser.http.delete(f"api/kernels/{page.kernel}", headers=xsrf).status_code == 405
    assert browser.http.post(f"api/kernels/{page.kernel}/restart", headers=xsrf).status_code == 404
    assert browser.http.post("api/kernels", headers=xsrf, json={"name": "python3"}).status_code == 404
    assert browser.get("api/kernels").status_code == 404
    assert page.is_alive()


@pytest.mark.parametrize(
    "path",
    [
        "voila/files/shelf.json",
        "voila/files/secrets/viewer-cookie",
        "voila/tree",
        "voila/tree/versions",
        "voila/render/versions/small/1/executed.ipynb",
        "voila/api/contents",
        "voila/api/contents/versions",
        "api/contents",
        "api/terminals",
        "api/sessions",
        "voila/query/00000000-0000-0000-0000-000000000000",
        "voila/execution/00000000-0000-0000-0000-000000000000",
        "versions/small/1/notebook.ipynb",
        "d/small/data/hello.txt",
        "d/small/..%2f..%2fsecrets",
        "d/../secrets/viewer-cookie",
        "d/SMALL",
        "voila/templates/lab/index.html.j2",
        "voila/templates/reveal/static/index.css",
        "voila/api/themes/@jupyterlab/theme-light-extension/index.css",
        "login",
        "static/style.css",
    ],
)
def test_no_file_and_no_other_service_can_be_reached(browser: Any, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_assets_stay_in_their_folder(browser: Any) -> None:
    page = browser.open("small")
    base = page.text.split('"fullStaticUrl": "/')[1].split('"')[0]
    assert browser.get(f"{base}/voila.js").status_code == 200
    for way in ("..%2f..%2f..%2fconf.json", "%2e%2e/index.html.j2", "/etc/passwd", "a%00b", ".hidden"):
        assert browser.get(f"{base}/{way}").status_code == 404, way


def test_template_and_theme_cannot_be_chosen_by_address(browser: Any) -> None:
    page = browser.open("small", "?template=classic&theme=dark&voila-template=reveal")
    assert 'class="bar"' in page.text
    assert 'data-jp-theme-light="true"' in page.text


def test_another_host_name_is_refused_on_this_machine_only(browser: Any) -> None:
    """A page elsewhere could let its own name point to 127.0.0.1 and read along."""
    assert browser.get("", headers={"Host": "evil.example"}).status_code == 403
    assert browser.get("d/small", headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize("path", ["", "d/small", "d/nothing", "health", "nothing"])
def test_every_answer_has_the_protecting_headers(browser: Any, path: str) -> None:
    headers = browser.open("small").answer.headers if path == "d/small" else browser.get(path).headers
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    for directive in headers["Content-Security-Policy"].split("; "):
        assert "http" not in directive.replace("http://127.0.0.1:*", "").replace("http://localhost:*", "")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server"] == "Dashwright"


def test_a_jupyterlab_of_this_machine_may_show_a_page_or_why_there_is_none(browser: Any) -> None:
    for headers in (browser.open("small").answer.headers, browser.get("d/nothing").headers):
        allowed = "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"
        assert allowed in headers["Content-Security-Policy"].split("; ")
        assert "X-Frame-Options" not in headers
    assert browser.get("").headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_page_asks_no_other_server_for_anything(browser: Any) -> None:
    text = browser.open("small").text
    for beginning in ('src="http', 'href="http', 'src="//', 'href="//', "url(http", "@import"):
        assert beginning not in text


def test_cookies_are_kept_from_scripts_and_other_sites(browser: Any) -> None:
    page = browser.open("small")
    cookies = {one.split("=")[0]: one for one in page.answer.headers.get_list("set-cookie")}
    assert "HttpOnly" in cookies["dashwright-browser"]
    assert all("SameSite=Lax" in one for one in cookies.values())


def test_kernels_see_no_secret_of_the_server(browser: Any) -> None:
    page = browser.open("small")
    variables = page.text.split("variables: ")[1].split("\\n")[0].split()
    assert "PATH" in variables
    assert not {"DATABASE_URL", "GEMINI_API_KEY", "QUERY_STRING", "VOILA_REQUEST_URL"} & set(variables)
    assert not [name for name in variables if name.startswith("DASHWRIGHT_")]


def test_there_are_no_more_kernels_than_allowed(start: Any) -> None:
    with start(DASHWRIGHT_MAX_KERNELS="2") as viewer:
        viewer.shelf.publish("small")
        browser = viewer.browser()
        pages = [browser.open("small"), browser.open("small")]
        assert len(viewer.children()) == 2
        refused = browser.get("d/small")
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "30"
        assert "2 dashboards open in this browser" in refused.text
        assert "All 2 places for viewers are taken" in viewer.browser().get("d/small").text
        assert len(viewer.children()) == 2
        pages[0].close()
        assert browser.get("d/small").status_code == 200


def test_many_requests_at_once_do_not_pass_the_limit(start: Any) -> None:
    with start(DASHWRIGHT_MAX_KERNELS="2") as viewer, ThreadPoolExecutor(6) as pool:
        viewer.shelf.publish("small")
        browser = viewer.browser()
        browser.get("")
        statuses = list(pool.map(lambda _: browser.get("d/small").status_code, range(6)))
        assert sorted(statuses) == [200] * 2 + [503] * 4
        assert len(viewer.children()) == 2


def test_access_withdrawn_while_the_page_is_open(viewer: Any, browser: Any) -> None:
    viewer.shelf.publish("withdrawn")
    page = browser.open("withdrawn")
    viewer.shelf.withdraw("withdrawn")
    assert browser.get("d/withdrawn").status_code == 404
    with pytest.raises((InvalidStatus, ConnectionClosed)) as refused, page.channels():
        pass
    assert refused.value.response.status_code == 404
