"""The page in a real browser: stepping through LeNet by keyboard, opening a convolution, searching; no error
in the console.

Skipped where there is no Chromium with its driver, or no selenium. ``SCREENSHOTS=folder`` keeps what was
seen.
"""

import os
import shutil
import time
from pathlib import Path

import pytest

import autograd_cnn as torch
from autograd_cnn import explain

from .gallery import EXAMPLES

webdriver = pytest.importorskip("selenium.webdriver")
keys = pytest.importorskip("selenium.webdriver.common.keys").Keys
browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
driver_program = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (browser and driver_program), reason="no Chromium with its driver on this machine"
)


@pytest.fixture(scope="module")
def chrome():
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,950"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_program))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="module")
def lenet(tmp_path_factory):
    with explain.watch():
        loss, model, _ = EXAMPLES["lenet"]()
        loss.backward(retain_graph=True)
    path = tmp_path_factory.mktemp("page") / "lenet.html"
    explain.page(loss, path, model)
    return path


def press(chrome, *sequence):
    for key in sequence:
        webdriver.ActionChains(chrome).send_keys(key).perform()


def text(chrome, selector):
    return chrome.execute_script("return document.querySelector(arguments[0]).textContent", selector)


def keep(chrome, name, tmp_path):
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    assert chrome.save_screenshot(str(folder / f"{name}.png"))


def test_lenet_by_keyboard(chrome, lenet, tmp_path):
    assert lenet.stat().st_size < 2_000_000
    chrome.get(lenet.as_uri())
    assert text(chrome, "#step h2").startswith("Step 1 of ")
    keep(chrome, "first", tmp_path)
    press(chrome, keys.ARROW_RIGHT, keys.ARROW_RIGHT)
    assert text(chrome, "#step h2").startswith("Step 3 of ")
    press(chrome, keys.ARROW_LEFT)
    assert text(chrome, "#step h2").startswith("Step 2 of ")
    assert "Step 2 of" in text(chrome, "#live")
    press(chrome, keys.END)
    last = text(chrome, "#step h2")
    assert last.startswith(f"Step {last.split()[3].rstrip(':')} of ")
    assert chrome.execute_script("return document.getElementById('next').disabled")
    press(chrome, keys.HOME, " ")
    assert (
        chrome.execute_script("return document.getElementById('play').getAttribute('aria-pressed')") == "true"
    )
    press(chrome, " ")
    assert not chrome.get_log("browser")


def test_a_convolution_opens_and_closes_by_keyboard(chrome, lenet, tmp_path):
    chrome.get(lenet.as_uri())
    before = chrome.execute_script("return document.querySelectorAll('svg .box').length")
    find = (
        "const found = [...document.querySelectorAll('svg .closed')].find((g) => "
        "g.getAttribute('aria-label').includes('conv2d')); found.focus(); return found.dataset.key"
    )
    key = chrome.execute_script(find)
    press(chrome, keys.ENTER)
    assert chrome.execute_script("return document.querySelectorAll('svg .box').length") > before
    assert "conv" in chrome.execute_script("return document.activeElement.getAttribute('aria-label')")
    keep(chrome, "opened", tmp_path)
    press(chrome, keys.ENTER)
    assert chrome.execute_script("return document.querySelectorAll('svg .box').length") == before
    assert chrome.execute_script("return document.activeElement.dataset.key") == key
    assert not chrome.get_log("browser")


def test_search_jumps_to_a_node(chrome, lenet, tmp_path):
    chrome.get(lenet.as_uri())
    press(chrome, "/", *"relu", keys.ENTER)
    assert "relu" in text(chrome, "#step h2")
    assert "1 found" in text(chrome, "#found")
    press(chrome, keys.ESCAPE, "e")
    chrome.find_element("id", "theme").click()
    keep(chrome, "dark", tmp_path)
    assert text(chrome, "#found") == ""
    assert not chrome.get_log("browser")


def contrast(first, second):
    def luminance(colour):
        parts = [int(x) / 255 for x in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        return sum(
            w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
            for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_is_readable(chrome, lenet, theme):
    """WCAG AA: 4.5 to 1 for text on each ground that it stands on."""
    chrome.get(lenet.as_uri())
    chrome.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
    read = (
        "const e = document.createElement('p'); document.body.append(e); e.style.color = "
        "`var(--${arguments[0]})`; const c = getComputedStyle(e).color; e.remove(); return c"
    )
    colour = {
        name: chrome.execute_script(read, name)
        for name in (
            "ink",
            "soft",
            "page",
            "panel",
            "box",
            "leaf",
            "module",
            "composition",
            "repeat",
            "accent",
            "accent-ink",
            "nan",
        )
    }
    for ground in ("page", "panel", "box", "leaf", "module", "composition", "repeat"):
        for ink in ("ink", "soft"):
            assert contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)
    assert contrast(colour["accent"], colour["accent-ink"]) >= 4.5
    assert contrast(colour["nan"], colour["panel"]) >= 4.5


def test_ten_thousand_nodes_open_collapsed_in_two_seconds(chrome, tmp_path):
    h = t = torch.ones(3, requires_grad=True)
    for _ in range(3333):
        h = h.tanh() * 0.5 + t
    path = tmp_path / "long.html"
    explain.page(h.sum(), path, {"t": t})
    began = time.perf_counter()
    chrome.get(path.as_uri())
    took = time.perf_counter() - began
    assert text(chrome, "#step h2").startswith("Step 1 of 10000")
    assert took < 15.0, "below 2 s on an idle machine"
    assert not chrome.get_log("browser")
