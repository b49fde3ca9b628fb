"""newsflow: news feeds in, clean articles in PostgreSQL out.

Exit codes: 0 it worked; 1 it did not (the message says why); 2 the command line is wrong; 3 (status) no run yet;
130 stopped by Ctrl-C; 141 the program that read the output went away. What is no terminal gets plain text.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from newsflow import __version__
from newsflow.errors import NewsflowError

STOPPED = "stopped; run again to go on"
_PIPE_GONE = 141  # 128 and the number of SIGPIPE
_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it; typer ends with it at Ctrl-C

# command: (module below newsflow.commands, attribute with a Typer app, one-line help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "up": ("local", "up_app", "Start the local servers and stay up until Ctrl-C."),
    "down": ("local", "down_app", "Stop the local servers."),
    "dags-folder": ("dags_folder", "app", "Print the folder of the Dags, for an Airflow of your own."),
    "psql": ("local", "psql_app", "Open psql on the news database."),
    "migrate": ("database", "migrate_app", "Bring the database to the newest schema."),
    "backup": ("backup", "backup_app", "Write the database to a file."),
    "restore": ("backup", "restore_app", "Put such a file in the place of the database."),
    "feeds": ("feeds", "app", "Add, read, check, import, export, list and remove feeds."),
    "publishers": ("publishers", "app", "List, describe, import, export, rename and merge publishers."),
    "run": ("run", "app", "Run the pipeline in this process, without the scheduler."),
    "status": ("status", "app", "What the last run did, and what waits."),
    "alarms": ("alarms", "app", "List, snooze and acknowledge alarms."),
    "doctor": ("doctor", "app", "Check database, archive, disk and network; each fault with a cure."),
    "checklist": ("checklist", "app", "What to settle before you rely on it."),
    "extract": ("extract", "app", "Extract one page, or a manifest of pages, to JSON."),
    "explain": ("explain", "app", "Show why each paragraph was kept or cut."),
    "dedupe": ("dedupe", "app", "Rebuild sketches and stories."),
    "import": ("importer", "app", "Import articles that you already have."),
    "export": ("export", "app", "Export articles or changes to files."),
    "retract": ("retract", "app", "Take an article out of the contract, for good."),
    "readers": ("readers", "app", "Add, list and remove analysts and their tools."),
    "maintain": ("maintain", "app", "Partitions, retention, statistics."),
    "archive": ("archive", "app", "Verify and prune the archive of captures."),
    "backfill": ("backfill", "app", "Bring in the past from WARC files, sitemaps or URL lists."),
    "reprocess": ("reprocess", "app", "Extract stored captures again: dry run, apply, undo."),
}


class Rooms(TyperGroup):
    """The root group; a command's module is loaded when the command is looked for, as shells' completion does too."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names, loaded."""
        if args and args[0] in COMMANDS:
            loaded: Any = typer.main.get_command(build(args[0]))
            self.commands[args[0]] = loaded.commands[args[0]]
        return super().resolve_command(ctx, args)


def build(asked: str) -> typer.Typer:
    """The command line, with the module of the asked command loaded and the others named only.

    Start-up stays quick, and a broken room can't take the others' commands with it.
    """
    app = typer.Typer(
        cls=Rooms,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help=__doc__,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name, (module, attribute, text) in COMMANDS.items():
        if name == asked:
            _mount(app, name, getattr(importlib.import_module(f"newsflow.commands.{module}"), attribute), text)
        else:
            app.command(name, help=text)(_placeholder)
    return app


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"newsflow {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """News feeds in, clean articles in PostgreSQL out."""


def _placeholder() -> None:
    """Stands for a command whose module is not loaded."""


def _mount(app: typer.Typer, name: str, sub: typer.Typer, text: str) -> None:
    single = len(sub.registered_commands) == 1 and not sub.registered_groups and not sub.registered_callback
    command = sub.registered_commands[0] if single else None
    if command and command.callback:
        settings = command.context_settings  # psql passes on options that are not ours
        app.command(name, help=command.callback.__doc__, context_settings=settings)(command.callback)
    else:
        app.add_typer(sub, name=name, help=text, no_args_is_help=True)


def main() -> None:
    """Entry point of the console command: known troubles end in one clear line."""
    try:
        code = build("")(standalone_mode=False, prog_name="newsflow")
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_pipe()
    except KeyboardInterrupt:  # before the command began, or while it ended
        _stop()
    except Exception as error:
        _explain(error)
    else:
        if code == _INTERRUPTED:
            _stop()
        sys.exit(code if isinstance(code, int) else 0)
    finally:
        _end()


def _leave_pipe() -> None:
    """End without a word where nobody reads on, such as `head`; what is still to be written goes nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(_PIPE_GONE)


def _end() -> None:
    """Stop the database that was started for the command, if one was."""
    if home_database := sys.modules.get("newsflow.commands.home_database"):
        home_database.close()


def _explain(error: Exception) -> None:
    """End with a line for what a user can mend; let all else be seen whole.

    :raises Exception: the error itself, where it is a fault of ours.
    """
    if hasattr(error, "format_message"):  # click's usage errors; typer carries a click of its own
        _misused(error)
    if type(error).__name__ == "Abort":
        _stop()
    if type(error).__name__ in _OTHER_SCHEMA:
        _fail("the database is not at this release's schema: newsflow doctor says what to do", 1)
    if type(error).__name__ == "InterfaceError":  # psycopg2's, for work on a connection that has ended
        _fail("the database's server ended the connection: see its log, then run this again", 1)
    if isinstance(error, _expected()):
        _fail(_in_a_line(error), 1)
    raise error


def _in_a_line(error: Exception) -> str:
    """An error as people read it: "news.csv: Is a directory" without Python's number."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _misused(error: Any) -> None:
    """Say what is wrong with the command line; nothing where a bare group has shown its help already."""
    where = error.ctx.command_path if getattr(error, "ctx", None) else "newsflow"
    if message := error.format_message():
        _fail(f"{message} (see {where} --help)", 2)
    sys.exit(2)


# PostgreSQL's errors of class 42 for what a migration would have made
_OTHER_SCHEMA = ("UndefinedTable", "UndefinedColumn", "UndefinedFunction", "InvalidSchemaName")


def _expected() -> tuple[type[Exception], ...]:
    import psycopg2

    return (NewsflowError, psycopg2.OperationalError, OSError)


def _stop() -> None:
    """End after Ctrl-C; a second one changes nothing any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _fail(STOPPED, _INTERRUPTED)


def _fail(message: str, code: int) -> None:
    sys.stderr.write(f"newsflow: {message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
