"""What the tests of the interface for phones share."""

from collections.abc import Callable

import pytest

from xuncha.core.db import db
from xuncha.enterprises.models import Site


@pytest.fixture
def huaxin(site: Callable[[str], Site]) -> int:
    """The number of a site whose supervisor is `wang`."""
    number = site("huaxin").id
    db.session.rollback()
    return number
