"""What is typed or pasted as a name, a code or a day, as offices' lists hold it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuncha.core.errors import Refused
from xuncha.core.parsing import read_day, read_number, visible_text
from xuncha.enterprises.models import ContactDuty
from xuncha.enterprises.validation import ContactFacts, clean, clean_contacts, read_uscc

CODE = "91350100M000100Y43"  # the example of GB 32100-2015
HIDDEN = ["\u200b", "\ufeff", "\u00a0", "\u3000", "\u2060", "\u200e", "\u00ad"]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_character_that_nobody_sees_changes_nothing(hidden: str) -> None:
    assert read_uscc(hidden + CODE[:8] + hidden + CODE[8:] + hidden) == CODE
    assert read_number(f"{hidden}12{hidden}") == 12
    assert read_day(f"{hidden}2026-11-03{hidden}") == date(2026, 11, 3)
    facts, problems = clean({"name": f"{hidden}华信钢铁{hidden}"})
    assert (facts["name"], problems) == ("华信钢铁", [])
    (contact,) = clean_contacts(
        [ContactFacts(ContactDuty.SAFETY_OFFICER, f"{hidden}王强", phone=f"1380013{hidden}8000")]
    )
    assert contact.name == "王强"
    assert contact.phone.replace(" ", "") == "13800138000"


@given(st.text(), st.sampled_from(HIDDEN))
def test_text_without_hidden_characters_stays_so(text: str, hidden: str) -> None:
    once = visible_text(text)
    assert visible_text(once) == once
    assert visible_text(hidden + once + hidden) == once


def test_the_identity_number_of_a_person_is_no_credit_code() -> None:
    with pytest.raises(Refused, match="identity number of a person"):
        read_uscc("11010519491231002X")
    with pytest.raises(Refused, match="identity number of a person"):
        read_uscc("110105 19491231 002X")


@pytest.mark.parametrize("start", ["42", "B1", "94", "Y9"])
def test_a_code_begins_with_a_department_and_a_kind_that_it_registers(start: str) -> None:
    with pytest.raises(Refused, match=f"begins with {start}"):
        read_uscc(start + CODE[2:])
