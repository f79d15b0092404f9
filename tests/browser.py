"""Looks at pages as people do: headless Chromium, driven over its debugging pipe, so that the standard library is enough.

    browser.py [--no-axe | --axe axe.min.js] [--shots FOLDER] URL...

Every URL is opened light and dark, 320 and 1280 pixels wide, with scripts switched off. Prints one line for every fault: anything in the
console, a request that failed or went to another host (pictures may), a page wider than the screen, text that overflows, no style, a background
that is not as light or dark as was asked for, and what axe-core finds serious or critical. Once a page: the Tab key goes through everything that
can be used, in the order of the document and visibly, and selects addresses to copy whole; on paper there is no navigation and no dark background.
Exit code 1 when there is any.
"""

import argparse
import base64
import importlib.util
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
WIDE = """(most => {
  // A phone widens its view to what overflows, so the width that was asked for counts.
  const page = Math.max(document.documentElement.scrollWidth, innerWidth);
  if (page <= most) return null;
  const over = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().width > most && !e.closest('.scroll'));
  return `${page} > ${most}: ` + over.slice(0, 3).map(e => e.tagName + '.' + e.className).join(' ');
})"""
STYLED = "document.contentType !== 'text/html' || getComputedStyle(document.body).maxWidth !== 'none'"
# The lightness of what is behind the text, 0 to 255; a page without a background of its own is as the browser makes it.
SHADE = """(() => {
  const [r, g, b, a] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
  return a === 0 ? null : 0.2126 * r + 0.7152 * g + 0.0722 * b;
})()"""
PAPER = """[...document.querySelectorAll('nav, .skip, .side, .jump, .names')].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 60)).join(' ')"""
# What the Tab key should come to, in the order of the document.
USABLE = """window.usable = [...document.querySelectorAll('a[href], input, summary, audio[controls], video[controls], [tabindex]')].filter(e => e.checkVisibility()),
  document.activeElement?.blur(), usable.length"""
REACHED = """(n => {
  const e = document.activeElement, style = getComputedStyle(e), at = usable.indexOf(e), what = e.outerHTML.slice(0, 80);
  if (at !== n) return `the Tab key comes to number ${at} as number ${n}: ${what}`;
  if (style.outlineStyle === 'none' || style.outlineWidth === '0px') return `no sign of focus: ${what}`;
  if (e.tagName === 'INPUT' && (e.selectionStart !== 0 || e.selectionEnd !== e.value.length)) return `not selected whole: ${what}`;
  return null;
})"""
AXE = """axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then(r => JSON.stringify(
  r.violations.map(v => ({id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0] ? n.any[0].message : ''))}))))"""


class Browser:
    """A headless Chromium and one page of it."""

    def __init__(self):
        program = os.environ.get("REPRINT_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
        if not program:
            sys.exit(f"no browser: none of {', '.join(BROWSERS)} is installed")
        self.profile = tempfile.TemporaryDirectory(prefix="reprint-browser-")
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        arguments = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
            "--hide-scrollbars", "--force-color-profile=srgb", f"--user-data-dir={self.profile.name}", "about:blank",
        ]

        # Chromium reads commands from descriptor 3 and answers on 4; the copies above 9 are out of the way of both.
        def arrange():
            reading, writing = os.dup2(theirs_in, 10), os.dup2(theirs_out, 11)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self.process = subprocess.Popen(
            arguments, preexec_fn=arrange, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.reading, self.writing = ours_in, ours_out
        self.buffer, self.events, self.count, self.session = b"", [], 0, None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.ask(f"{domain}.enable")

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        # Its helpers may write a last file.
        time.sleep(0.2)
        shutil.rmtree(self.profile.name, ignore_errors=True)

    def receive(self, deadline):
        while b"\0" not in self.buffer:
            if not select.select([self.reading], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            chunk = os.read(self.reading, 1 << 16)
            if not chunk:
                sys.exit("the browser ended")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **parameters):
        self.count += 1
        request = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.writing, data):]
        deadline = time.monotonic() + 60
        while True:
            message = self.receive(deadline)
            if message.get("id") == self.count:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def evaluate(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "exception"))
        return answer["result"].get("value")

    def look(self, width, dark, scripts):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)

    def open(self, url):
        self.events.clear()
        self.ask("Page.navigate", url=url)
        deadline = time.monotonic() + 30
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive(deadline))
        # What is asked for late is seen, too.
        quiet = time.monotonic() + 0.15
        try:
            while True:
                self.events.append(self.receive(quiet))
        except TimeoutError:
            pass

    def tab(self):
        for kind in ["rawKeyDown", "keyUp"]:
            self.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def walk(self):
        """Goes through the page with the Tab key; what is wrong, if anything."""
        for number in range(min(self.evaluate(USABLE), 200)):
            self.tab()
            fault = self.evaluate(f"{REACHED}({number})")
            if fault:
                return fault
        return None

    def paper(self):
        """What is wrong with the page in print, if anything."""
        features = [{"name": "prefers-color-scheme", "value": "dark"}]
        self.ask("Emulation.setEmulatedMedia", media="print", features=features)
        shown, shade = self.evaluate(PAPER), self.evaluate(SHADE)
        self.ask("Emulation.setEmulatedMedia", media="", features=features)
        if shown:
            return f"printed: {shown}"
        return f"a dark background is printed ({shade:.0f})" if shade is not None and shade < 250 else None

    def shot(self, path, height):
        layout = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        size = {"x": 0, "y": 0, "width": layout["width"], "height": min(layout["height"], height), "scale": 1}
        data = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=size)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))


def complaints(events, url):
    """What the console and the network say of a page."""
    own, kinds = urlsplit(url).netloc, {}
    for event in events:
        method, of = event["method"], event.get("params", {})
        if method == "Log.entryAdded" and of["entry"]["level"] in ("warning", "error"):
            if of["entry"].get("url") == url and "responded with a status of" in of["entry"]["text"]:
                continue  # The page itself says that there is nothing, and is shown.
            yield f"console: {of['entry']['text']} {of['entry'].get('url', '')}"
        elif method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            yield f"console: {json.dumps(of)[:200]}"
        elif method == "Network.requestWillBeSent":
            kinds[of["requestId"]] = of["request"]["url"]
            there = urlsplit(of["request"]["url"])
            if there.scheme in ("http", "https") and there.netloc != own and of.get("type") not in ("Image", "Media"):
                yield f"request to another host: {of['request']['url']} ({of.get('type')})"
        elif method == "Network.loadingFailed" and not of.get("canceled"):
            if kinds.get(of["requestId"], "").endswith("/favicon.ico"):
                continue  # The browser's own idea, where a document cannot name an icon.
            yield f"request failed: {kinds.get(of['requestId'])} {of.get('errorText')} {of.get('blockedReason', '')}"


def axe_of_package():
    package = importlib.util.find_spec("axe_core_python")
    return package and str(pathlib.Path(package.origin).parent / "axe.min.js")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("urls", nargs="+")
    arguments.add_argument("--axe", default=axe_of_package(), help="axe.min.js; else the one of the package axe-core-python")
    arguments.add_argument("--no-axe", action="store_true", help="accessibility is not looked at")
    arguments.add_argument("--shots", help="folder for screenshots")
    arguments.add_argument("--height", type=int, default=3000, help="of a screenshot at most")
    options = arguments.parse_args()
    if not options.axe and not options.no_axe:
        sys.exit("no axe-core: `tests/run` installs axe-core-python")
    axe = None if options.no_axe else pathlib.Path(options.axe).read_text("utf-8")
    browser, faults, minor, looks = Browser(), [], {}, 0
    try:
        for number, url in enumerate(options.urls):
            for width, dark in [(320, False), (320, True), (1280, False), (1280, True)]:
                look = f"{url} at {width} px{', dark' if dark else ''}"
                browser.look(width, dark, scripts=False)
                browser.open(url)
                looks += 1
                said = set(complaints(browser.events, url))
                browser.look(width, dark, scripts=True)
                wide = browser.evaluate(f"{WIDE}({width})") if browser.evaluate("document.contentType") == "text/html" else None
                if wide:
                    said.add(f"wider than the screen: {wide}")
                if not browser.evaluate(STYLED):
                    said.add("its style sheet is not applied")
                html = browser.evaluate("document.contentType") == "text/html"
                shade = browser.evaluate(SHADE) if html else None
                if html and (shade is None or (shade > 128) == dark):
                    said.add(f"a background of lightness {shade}")
                if html and width > 1000 and not dark:
                    said.update(filter(None, [browser.walk()]))
                if html and width > 1000 and dark:
                    said.update(filter(None, [browser.paper()]))
                if axe and html:
                    browser.evaluate(axe + ";0")
                    for found in json.loads(browser.evaluate(AXE)):
                        if found["impact"] in ("serious", "critical"):
                            said.add(f"axe: {found['impact']} {found['id']}: {' | '.join(found['nodes'])}")
                        else:
                            minor.setdefault(f"{found['impact']} {found['id']}", found["nodes"][0])
                faults += [f"{look}: {what}" for what in sorted(said)]
                if options.shots:
                    browser.shot(pathlib.Path(options.shots) / f"{number}-{width}{'-dark' if dark else ''}.png", options.height)
    finally:
        browser.close()
    for fault in faults:
        print(fault)
    for what, where in minor.items():
        print(f"minor: {what}: {where}", file=sys.stderr)
    print(f"{looks} looks at {len(options.urls)} pages, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
