"""A table that can be looked at in a terminal and kept in a Markdown page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

CONSOLE = Console(width=150, highlight=False)


@dataclass
class Sheet:
    """Rows under headings; the first column is text, the others are figures.

    :param notes: sentences that stand below the table.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def show(self, console: Console = CONSOLE) -> None:
        """Print it."""
        table = Table(title=self.title, title_justify="left", title_style="bold")
        for number, heading in enumerate(self.headings):
            table.add_column(heading, justify="right" if number else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        console.print(table)
        for note in self.notes:
            console.print(f"  {note}")
        console.print()

    def markdown(self) -> str:
        """As Markdown, with the title as a heading."""
        head = f"| {' | '.join(self.headings)} |\n|---|{'---:|' * (len(self.headings) - 1)}\n"
        rows = "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in self.rows)
        notes = "".join(f"\n{note}\n" for note in self.notes)
        return f"## {self.title}\n\n{head if self.rows else ''}{rows}{notes}"
