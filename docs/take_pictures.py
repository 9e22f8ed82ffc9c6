"""Takes the pictures of docs/pictures from the running demo, in Chromium: ``make pictures`` after ``make demo``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "pictures"
HOME = Path(os.environ.get("ROLECALL_HOME") or ROOT / ".rolecall")

PICTURES = {
    "today": ("demo-person", "/", ""),
    "job": ("demo-person", "/jobs", "main a[href*='/jobs/']"),
    "approve": ("demo-seller", "/approve", ""),
}
"""File name: whose page, its address, and what is clicked there."""


def main() -> None:
    """One PNG a page, 1100 × 900, light."""
    from playwright.sync_api import sync_playwright

    if not (HOME / "stack.json").exists():
        sys.exit("nothing runs here → make demo")
    url = json.loads((HOME / "stack.json").read_text(encoding="utf-8"))["page_url"]
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("there is no Chromium → install Debian's package chromium")
    TARGET.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (person, path, then) in PICTURES.items():
            context = browser.new_context(viewport={"width": 1100, "height": 900}, color_scheme="light", locale="en-GB", timezone_id="UTC")
            page = context.new_page()
            page.set_default_timeout(60_000)
            command = ["./rolecall", "login", person]
            said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603 -- fixed names
            page.goto(said.split()[-1])
            page.click("main button")
            page.goto(f"{url}{path}")
            if then:
                page.locator(then).first.click()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=TARGET / f"{name}.png")
            context.close()
            sys.stdout.write(f"docs/pictures/{name}.png\n")
        browser.close()


if __name__ == "__main__":
    main()
