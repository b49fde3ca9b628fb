"""The home keeps secrets to itself, lets one launcher in, and forgets dead ones."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from newsflow.local.ending import let_others_end
from newsflow.local.home import BusyError, Home, Running, myself
from newsflow.local.terminal import Terminal
from tests.paths import ROOT
from tests.waiting import wait_for


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_are_private_and_the_home_can_be_passed_through(home: Home) -> None:
    assert {mode(p) for p in (home.secrets, home.airflow, home.logs, home.archive)} == {0o700}
    assert mode(home.root) == 0o711


def test_secrets_are_made_once_and_are_private(home: Home) -> None:
    first = home.secret("jwt")
    assert home.secret("jwt") == first
    assert len(first) >= 32
    assert mode(home.secrets / "jwt") == 0o600


def test_two_homes_share_no_secret(tmp_path: Path) -> None:
    one, two = (Home(tmp_path / name).prepare() for name in "ab")
    assert one.password() != two.password()
    assert one.fernet_key() != two.fernet_key()
    assert one.mark != two.mark


def test_fernet_key_is_one(home: Home) -> None:
    from cryptography.fernet import Fernet

    key = Fernet(home.fernet_key())
    assert key.decrypt(key.encrypt(b"x")) == b"x"


def test_airflow_reads_the_password_that_we_show(home: Home) -> None:
    assert json.loads(home.passwords_file().read_text()) == {"admin": home.password()}
    assert mode(home.passwords_file()) == 0o600


def test_second_launcher_is_told_that_the_home_is_taken(home: Home) -> None:
    with home.held(), pytest.raises(BusyError, match="another newsflow"), home.held():
        pass


def test_the_home_is_free_again_after_the_launcher_and_after_its_kill(home: Home) -> None:
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom newsflow.local.home import Home\n"
        f"with Home(Path({str(home.root)!r})).held(): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, env={"PYTHONPATH": str(ROOT / "plugins")})
    assert done.returncode == -9
    with home.held():
        pass
    with home.held():
        pass


def test_an_error_inside_does_not_look_like_a_taken_home(home: Home) -> None:
    with pytest.raises(BlockingIOError), home.held():
        raise BlockingIOError("something else")


def test_others_learn_where_the_servers_are(home: Home) -> None:
    home.announce(myself("postgresql://u:p@127.0.0.1:1/news", "http://127.0.0.1:2"))
    found = home.running()
    assert found is not None
    assert (found.pid, found.airflow_url) == (os.getpid(), "http://127.0.0.1:2")
    assert mode(home.root / "running.json") == 0o600
    home.withdraw()
    assert home.running() is None


def test_a_note_of_a_dead_launcher_does_not_count(home: Home) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    home.announce(Running(child.pid, 0.0, ""))
    assert home.running() is None


def test_a_later_process_with_the_same_number_does_not_count(home: Home) -> None:
    home.announce(Running(os.getpid(), 12345.0, ""))
    assert home.running() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"other": 2}'])
def test_a_broken_note_does_not_count(home: Home, text: str) -> None:
    (home.root / "running.json").write_text(text)
    assert home.running() is None


def test_a_copied_home_has_no_servers_of_the_original(home: Home, tmp_path: Path) -> None:
    home.announce(myself("postgresql://u:p@127.0.0.1:1/news"))
    shutil.copytree(home.root, tmp_path / "copy")
    assert home.running() is not None
    assert Home(tmp_path / "copy").running() is None


def test_a_launcher_waits_for_those_that_use_its_servers(home: Home) -> None:
    home.announce(myself("postgresql://u:p@127.0.0.1:1/news", "http://127.0.0.1:2"))
    ended = threading.Event()

    def end() -> None:
        let_others_end(home, Terminal.on_stderr())
        ended.set()

    with home.used():
        assert home.in_use()
        waiting = threading.Thread(target=end)
        waiting.start()
        wait_for(lambda: home.running() is None, "the launcher to take no more users")
        assert not ended.is_set()
    waiting.join()
    assert ended.is_set()
    assert not home.in_use()
