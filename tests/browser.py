"""The Chromium that tests drive, and how it is told to do no more than it is asked for."""

from __future__ import annotations

PACKAGED = "HttpsUpgrades,MediaRouter,OptimizationHints,PaintHolding,Translate"  # Playwright's, which ours replace
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # the popups of the address bar are pages of their own, which take a second for each window
    f"--disable-features={PACKAGED},WebUIOmniboxAimPopup,WebUIOmniboxPopup",
]
