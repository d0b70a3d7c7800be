"""What all commands of papers share: their group, their options, and how a paper is written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from ..accounts.models import User
from ..core.clock import today
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import sentence
from ..core.parsing import read_number
from ..enterprises.models import Site
from . import (
    printing,
    queries,
)
from .layout.fonts import FontMissing

document = AppGroup("document", help="Papers as PDF files, or as Word documents to be edited.")


def output_option(command: Any) -> Any:
    command = click.option(
        "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language."
    )(command)
    return click.option(
        "--out",
        required=True,
        type=click.Path(dir_okay=False, path_type=Path),
        help="File to write: .pdf, or .docx for a Word document to be edited.",
    )(command)


def print_paper(order: printing.Order, out: Path, lang: str) -> None:
    try:
        if out.suffix.lower() == ".docx":
            warnings, said = printing.write_for_word(order, out, lang), str(out)
        else:
            saved = printing.write(order, out, lang)
            warnings, said = saved.warnings, f"{out}  {saved.pages} pages  sha256 {saved.sha256}"
    except FontMissing as problem:
        raise click.ClickException(str(problem)) from None
    except Refused as problem:
        raise click.ClickException(sentence(problem)) from None
    except OSError as problem:
        raise click.ClickException(f"cannot write {out}: {problem.strerror}") from None
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(said)


def by_number(model: type[Any], number: str, *only: Any) -> Any:
    query = queries.numbered(sa.select(model).where(*only), model, number, today().year)
    found = db.session.scalars(query).first()
    if found is None:
        raise click.ClickException(f"there is no such number: {number}")
    return found


NUMBER = click.option("--number", required=True, help="Full number, 2026-12, or the serial of this year.")


def one_of(query: sa.Select[Any], option: str, text: str) -> Any:
    found = db.session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise click.ClickException(
            f"{option} {text}: {'several fit' if found else 'nobody and nothing fits'}"
        )
    return found[0]


def site_of(text: str) -> int | None:
    if not text:
        return None
    fits = [Site.name == text, Site.uscc == text]
    if (written := read_number(text)) is not None:
        fits.append(Site.id == written)
    number: int = one_of(sa.select(Site).where(sa.or_(*fits)), "--site", text).id
    return number


def supervisor_of(text: str) -> int | None:
    if not text:
        return None
    query = sa.select(User).where(sa.or_(User.username == text.lower(), User.name == text))
    number: int = one_of(query, "--supervisor", text).id
    return number
