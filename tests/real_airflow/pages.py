"""Airflow's own pages in a browser."""

from __future__ import annotations

from pathlib import Path

from newsflow.local.install import browser
from tests.browser import QUIET
from tests.waiting import PATIENCE_S, wait_for


class Pages:
    """Airflow's pages in headless Chromium, logged in."""

    def __init__(self, base: str, password: str) -> None:
        self.base, self.password = base, password

    def __enter__(self) -> Pages:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=browser(), args=QUIET)
        self.page = self._browser.new_page(viewport={"width": 1440, "height": 900})
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.page.goto(f"{self.base}/auth/login")
        self.page.fill("input[name=username]", "admin")
        self.page.fill("input[name=password]", self.password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/auth/" not in url)
        return self

    def __exit__(self, *_error: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def press(self, key: str, file: Path, shown: str) -> None:
        """Press a key on the page that is open, wait for what it brings, and take its picture."""
        self.page.keyboard.press(key)
        self.page.locator(shown).first.wait_for()
        self._picture(file)

    def shoot(self, path: str, file: Path, text: str) -> str:
        """Open a page, wait until it shows `text` and stands still, take its picture; returns its text."""
        self.page.goto(self.base + path)
        self.page.get_by_text(text).first.wait_for()
        self._picture(file)
        return str(self.page.inner_text("body"))

    def _picture(self, file: Path) -> None:
        """Once all is laid out and faded in, which shows in two pictures that are the same."""
        taken = [b""]

        def still() -> bool:
            taken.append(self.page.screenshot())
            return taken[-1] == taken[-2]

        wait_for(still, "the page to stand still", pause_s=0.5)
        file.write_bytes(taken[-1])
