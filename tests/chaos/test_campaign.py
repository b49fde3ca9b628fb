"""A small crash campaign, for each change; `make chaos` strikes longer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.campaign import Campaign
from tests.chaos.faults import FAULTS
from tests.chaos.proxy import ChaosProxy
from tests.chaos.result import ends, without

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def campaign() -> Iterator[Campaign]:
    folder = Path(tempfile.mkdtemp(prefix="nf-chaos-"))
    with Campaign(folder, seed=8) as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_no_trace(campaign: Campaign, fault: str) -> None:
    result = campaign.strike(fault, FAULTS[fault].steps[0])
    if result.ended.startswith("skipped"):
        pytest.skip(result.ended)
    assert result.differences == []


def test_a_lost_row_or_file_would_be_seen(campaign: Campaign) -> None:
    """The comparison itself can fail."""
    twin = campaign.twin
    campaign.twin = {**twin, "articles": twin["articles"][1:], "captures": [*twin["captures"], ("x", 200, "y")]}
    try:
        result = campaign.strike("clock jump", "load")
    finally:
        campaign.twin = twin
    assert any(line.startswith("articles only here") for line in result.differences)
    assert any(line.startswith("captures only there") for line in result.differences)


def test_a_fault_takes_no_more_than_it_tells() -> None:
    bad, good = ("https://a.example/1", "rejected", "bad_row"), ("https://b.example/1", "loaded", "new")
    rows = {"pages": [bad, good], "entries": [("https://a.example/1", "guid")]}
    took = {"https://a.example/": frozenset({"bad_row"})}
    assert without(rows, took) == {"pages": [good], "entries": []}
    assert without(rows, {}) == rows
    assert ends(rows, rows, took) == {"bad_row": 1}
    assert ends(rows, rows, {**took, "https://b.example/1": frozenset({"postponed"})})["new unforeseen"] == 1
    assert ends({"pages": [good]}, rows, took) == {"not stored unforeseen": 1}


def test_the_proxy_cuts_once_and_then_passes_on(campaign: Campaign) -> None:
    import psycopg2

    with ChaosProxy(campaign.server.port, 3000) as proxy:
        url = campaign.server.url().replace(f":{campaign.server.port}/", f":{proxy.port}/")
        conn = psycopg2.connect(url)
        with pytest.raises(psycopg2.OperationalError), conn.cursor() as cursor:
            cursor.execute("select repeat('x', 100000)")
        assert proxy.is_cut
        conn = psycopg2.connect(url)
        with conn.cursor() as cursor:
            cursor.execute("select length(repeat('x', 100000))")
            assert cursor.fetchone() == (100000,)
        conn.close()
