"""Choices of two kinds with one value are read by the names of their own kind."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from xuncha.core.labels import N_, Labelled
from xuncha.lists import columns


class Fruit(Labelled):
    ORANGE = "orange", N_("Industry and trade")


class Paint(Labelled):
    ORANGE = "orange", N_("Considerable risk (orange)")


@pytest.mark.parametrize("order", [(Fruit, Paint), (Paint, Fruit)])
def test_each_kind_knows_its_own_names(app: Flask, order: tuple[type[Labelled], type[Labelled]]) -> None:
    for kind in order:
        member = next(iter(kind))
        column = columns.choice("kind", "Kind", kind)
        assert column.read(member.label, datetime(1900, 1, 1)) is member
