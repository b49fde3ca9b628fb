"""What a reprocess is asked to do."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from newsflow.request import Day, Lines, Request, RequestError, check_span


class ReprocessRequest(Request):
    """Which captures are extracted again; without filters, all."""

    publishers: Lines = Field((), description="Only these publishers, such as bbc.co.uk (default: all)")
    since: Day = Field(None, description="First day of capture, UTC")
    until: Day = Field(None, description="Last day of capture, UTC")
    outcomes: Lines = Field(
        (), description="Only these outcomes: loaded for articles, or codes of rejects such as too_short (default: all)"
    )
    extractors: Lines = Field(
        (), description="Only what such versions made, as SQL patterns like %trafilatura-2.3.0% (default: all)"
    )
    limit: int | None = Field(None, ge=1, description="At most this many pages")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        check_span(self.since, self.until)
        return self


class ReprocessAction(Request):
    """Which step of a reprocess a run of its Dag takes."""

    action: Literal["compare", "apply", "undo"] = Field("compare", description="Compare comes first")
    reprocess: int | None = Field(None, ge=1, description="Its number, to apply or undo it")

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.action != "compare" and not self.reprocess:
            raise ValueError(f"to {self.action}, give the number of a compared reprocess")
        return self

    @property
    def number(self) -> int:
        """The reprocess to apply or undo.

        :raises RequestError: for a comparison, which has no number yet.
        """
        if self.reprocess is None:
            raise RequestError("a comparison has no number before it has begun")
        return self.reprocess
