"""A step is offered as what to do, and told in a timeline as what was done."""

from collections.abc import Callable

from flask import Flask
from tests.hazards.builders import issued
from tests.house import House

from xuncha.hazards.event_names import DONE
from xuncha.hazards.lifecycle import Act

# Their labels tell what happened already.
TOLD = {Act.FIND, Act.FIX_ON_SPOT, Act.ESCALATE, Act.FOUND_AGAIN, Act.LOOK_BACK, Act.RELAPSE}


def test_every_step_has_a_name_for_what_was_done(app: Flask) -> None:
    assert set(DONE) | TOLD == set(Act)
    assert not set(DONE) & TOLD


def test_the_timeline_tells_what_was_done(app: Flask, as_user: Callable[[str], House]) -> None:
    number = issued().id
    wang = as_user("wang")
    wang.post("/language", data={"lang": "en"})
    page = wang.get(f"/hazards/{number}").text
    timeline = page.partition('class="timeline"')[2]
    assert "Notice issued" in timeline
    assert "Issue the notice" not in timeline
