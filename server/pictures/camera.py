"""Camera: a process that opens a version in a browser and takes pictures of it. Scripts on the page are hostile.

It has no secrets and a profile that is thrown away; the page can reach the viewer beside it and nothing else.
Whoever starts this process limits its time and memory, and ends all that is below it.
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, PdfMargins, Route, sync_playwright

from .errand import Errand

WIDTH, HEIGHT = 1280, 720
SMALL = 480, 270
"""Of a thumbnail, twice what lists show."""
TALLEST = 10_000
"""Pixels of a page; what is below is cut off."""
PAPER_WIDTH = 700
"""Pixels of A4 within its margins, at which charts are as wide as the paper."""
PATIENCE = 40_000
"""Milliseconds until the page is drawn."""
DRAWN = "!document.documentElement.classList.contains('loading')"
STILL = """async () => {
  await document.fonts.ready;
  document.getAnimations().forEach((animation) => { try { animation.finish(); } catch {} });
  await new Promise((done) => setTimeout(done, 600));
}"""
"""Charts move into place for a quarter of a second."""
HIDE = """() => {
  const style = document.createElement('style');
  style.id = 'dashwright-camera';
  style.textContent = '.bar, .filters, h1 ~ p, h1 ~ ul { display: none !important }';
  document.head.append(style);
}"""
"""On a thumbnail charts count, and nobody can use a filter."""
SHOW = "document.getElementById('dashwright-camera')?.remove()"
TALL = "Math.ceil(document.querySelector('#rendered_cells')?.scrollHeight ?? document.documentElement.scrollHeight)"
DETACHED = """async () => {
  const text = async (sheet) => {
    const node = sheet.ownerNode;
    if (node?.tagName === 'STYLE' && node.textContent.trim()) return node.textContent;
    if (sheet.href) try { return await (await fetch(sheet.href)).text(); } catch {}
    try { return [...sheet.cssRules].map((rule) => rule.cssText).join('\\n'); } catch { return ''; }
  };
  const sheets = await Promise.all([...document.styleSheets].map(async (sheet) =>
    sheet.media.length ? `@media ${sheet.media.mediaText}{${await text(sheet)}}` : text(sheet)));
  const style = sheets.join('\\n').replace(/@import[^;]*;/g, '').replace(/url\\((?!["']?(data:|#))[^)]*\\)/g, 'none')
    .replace(/<\\//g, '<\\\\/');
  document.querySelectorAll('canvas').forEach((canvas) => {
    const blank = document.createElement('canvas'); blank.width = canvas.width; blank.height = canvas.height;
    const image = new Image(), style = getComputedStyle(canvas);
    image.src = canvas.toDataURL();
    ['position', 'left', 'top', 'width', 'height'].forEach((name) => { image.style[name] = style[name]; });
    if (image.src === blank.toDataURL()) canvas.remove(); else canvas.replaceWith(image);
  });
  document.querySelectorAll('input').forEach((input) => {
    input.setAttribute('value', input.value); input.toggleAttribute('checked', input.checked);
  });
  document.querySelectorAll('select').forEach((select) => [...select.options].forEach((option) =>
    option.toggleAttribute('selected', option.selected)));
  document.querySelectorAll('select,input,button,textarea').forEach((control) => control.setAttribute('disabled', ''));
  document.querySelectorAll('script,link,style,iframe,object,embed,base,meta,noscript,template,.theme,.bar a')
    .forEach((element) => element.remove());
  document.querySelectorAll('.bqplot_tooltip_div').forEach((element) => element.remove());
  document.querySelectorAll('*').forEach((element) => [...element.attributes].forEach(({ name, value }) => {
    if (name.startsWith('on') || ['srcset', 'ping', 'action', 'formaction', 'background', 'poster'].includes(name)
      || (name === 'src' && !value.startsWith('data:image/'))
      || (name.endsWith('href') && !/^(https?:|#|data:image\\/)/i.test(value))) element.removeAttribute(name);
    if (name === 'style' && /url\\(/i.test(value))
      element.setAttribute(name, value.replace(/url\\((?!["']?#)[^)]*\\)/gi, 'none'));
  }));
  const open = '\\nhtml,body,#main,#rendered_cells{position:static!important;contain:none!important;'
    + 'height:auto!important;width:auto!important;overflow:visible!important}';
  return { style: style + open, body: document.body.outerHTML, lang: document.documentElement.lang || 'en' };
}"""
"""The page as it is drawn, with nothing in it that runs or asks for anything."""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'"
)
ACTIVE = re.compile(r"<(?=/?(script|meta|base|link|iframe|frame|object|embed|form)\b)", re.IGNORECASE)
"""What a script on the page may have smuggled into what was to have none of it."""
MARGINS: PdfMargins = {"top": "12mm", "right": "12mm", "bottom": "12mm", "left": "12mm"}


def main() -> None:
    errand = Errand.model_validate_json(sys.stdin.buffer.read())
    stage = subprocess.Popen(
        [sys.executable, "-P", "-m", f"{__package__}.stage"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=errand.scratch,
    )
    assert stage.stdin is not None  # noqa: S101
    assert stage.stdout is not None  # noqa: S101
    try:
        stage.stdin.write(errand.model_dump_json().encode())
        stage.stdin.close()
        address = stage.stdout.readline().decode().strip()
        if not address:
            raise RuntimeError("The viewer for the picture did not start.")
        _take(errand, address)
    finally:
        stage.terminate()
        stage.wait(20)


def _take(errand: Errand, address: str) -> None:
    own = urlsplit(address)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=errand.browser,
            chromium_sandbox=errand.sandbox,
            env={"HOME": errand.scratch, "TMPDIR": errand.scratch, "LANG": "C.UTF-8"},
            args=[
                # Everything else goes to a proxy that is not there: also sockets and what no route is asked for.
                "--proxy-server=127.0.0.1:9",
                f"--proxy-bypass-list=<-loopback>;{own.netloc}",
                "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
                "--js-flags=--max-old-space-size=512",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ],
        )
        into = Path(errand.into)
        page = _opened(browser, WIDTH, address, errand)
        page.evaluate(HIDE)
        page.evaluate(STILL)
        light = page.screenshot()
        page.emulate_media(color_scheme="dark")
        page.evaluate(STILL)
        dark = page.screenshot()
        page.emulate_media(color_scheme="light")
        page.evaluate(SHOW)
        page.set_viewport_size({"width": WIDTH, "height": min(max(page.evaluate(TALL), HEIGHT), TALLEST)})
        page.evaluate(STILL)
        page.screenshot(path=into / "page.png")
        (into / "page.html").write_text(_standing(page, errand.title), "utf-8")
        page.context.close()
        narrow = _opened(browser, PAPER_WIDTH, address, errand)
        narrow.pdf(path=into / "page.pdf", format="A4", margin=MARGINS, print_background=True)
        narrow.context.close()
        (into / "thumbnail.png").write_bytes(_small(browser.new_context(offline=True), light))
        (into / "thumbnail-dark.png").write_bytes(_small(browser.new_context(offline=True), dark))
        browser.close()


def _opened(browser: Browser, width: int, address: str, errand: Errand) -> Page:
    """The dashboard, drawn."""
    own = urlsplit(address).netloc
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme="light",
        reduced_motion="reduce",
        service_workers="block",
        accept_downloads=False,
    )

    def pass_on(route: Route) -> None:
        if urlsplit(route.request.url).netloc == own:
            route.continue_()
        else:
            route.abort()

    context.route("**/*", pass_on)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(f"{address}d/{errand.slug}", wait_until="domcontentloaded", timeout=PATIENCE)
    page.wait_for_function(DRAWN, timeout=PATIENCE)
    page.evaluate(STILL)
    return page


def _standing(page: Page, title: str) -> str:
    """The page as one file that needs nothing else."""
    from html import escape

    drawn = page.evaluate(DETACHED)
    style = str(drawn["style"]).replace("</", "<\\/")
    return (
        f'<!doctype html><html lang="{escape(str(drawn["lang"])[:20])}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}</style></head>{ACTIVE.sub('<x-', str(drawn['body']))}</html>"
    )


def _small(context: BrowserContext, picture: bytes) -> bytes:
    width, height = SMALL
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    page.set_content(
        f'<body style="margin:0"><img style="display:block" width="{width}" height="{height}" src="{address}">'
    )
    page.wait_for_function("document.images[0].complete")
    small = page.screenshot()
    context.close()
    return small


if __name__ == "__main__":
    main()
