"""A request as the options of a command: each of its fields is one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

import typer

from newsflow.request import Parameter, Request, RequestError, parameters

Result = TypeVar("Result")


def options(request: type[Request]) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Decorate a command, so that options stand in the place of its argument `request`.

    A request that makes no sense ends as a wrong command line does, with exit code 2.
    """

    def decorate(command: Callable[..., Result]) -> Callable[..., Result]:
        names = {option_name(found): found.name for found in parameters(request)}

        @functools.wraps(command)
        def run(**given: Any) -> Result:
            asked = {name: given.pop(option) for option, name in names.items()}
            return command(request=_checked(request, asked), **given)

        shown = list(_signature(command, request))
        run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in shown}
        return run

    return decorate


def option_name(found: Parameter) -> str:
    """Name of the option's argument; a list is given piece by piece, so that `publishers` becomes `publisher`."""
    return found.name.removesuffix("s") if found.kind == "array" else found.name


def _checked(request: type[Request], asked: dict[str, Any]) -> Request:
    try:
        return request.from_params(asked)
    except RequestError as error:
        raise typer.BadParameter(str(error)) from None


def _signature(command: Callable[..., Any], request: type[Request]) -> Iterator[inspect.Parameter]:
    """The command's own arguments, with the request's options where `request` stands."""
    for name, own in inspect.signature(command, eval_str=True).parameters.items():
        if name == "request":
            yield from (_argument(found) for found in parameters(request))
        else:
            yield own.replace(kind=inspect.Parameter.KEYWORD_ONLY)


def _argument(found: Parameter) -> inspect.Parameter:
    name = option_name(found)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=found.default,
        annotation=Annotated[_type(found), _option(name, found)],
    )


_TYPES: dict[str, Any] = {"array": list[str] | None, "integer": int, "string": str, "boolean": bool}


def _type(found: Parameter) -> Any:
    kind = _TYPES[found.kind]
    return kind | None if found.optional else kind


def _option(name: str, found: Parameter) -> Any:
    text = found.description + ("; may be repeated." if found.kind == "array" else ".")
    return typer.Option(
        f"--{name.replace('_', '-')}",
        help=text,
        min=found.rules.get("minimum"),
        max=found.rules.get("maximum"),
        metavar="YYYY-MM-DD" if found.is_day else None,
    )
