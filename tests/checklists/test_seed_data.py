"""The seed data that ship with the product: laws, checklists, phrase bank and the 2026 calendar."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest

PACKAGE = Path(__file__).parents[2] / "inspect" / "xuncha"
DATA = PACKAGE / "checklists" / "data"

# Rows of each list in the domain reference: code, block, position, items.
LISTS = [
    ("GEN", "rules", 1, 14),
    ("FAC", "facilities", 2, 14),
    ("HAZ", "sector", 3, 15),
    ("IND", "sector", 4, 15),
    ("FIRE", "sector", 5, 15),
    ("CROWD", "sector", 6, 11),
    ("IDLE", "idle", 7, 12),
    ("HOL", "holiday", 8, 11),
]
BASIC_CLASSES = {"duty_system", "training", "emergency", "related_parties"}
SITE_CLASSES = {
    "equipment",
    "electrical",
    "fire",
    "hazchem",
    "dust",
    "confined_space",
    "special_equipment",
    "work_behaviour",
    "building",
    "occupational",
    "other",
}
HAN = re.compile(r"[\u3400-\u9fff]")
# §21(1), §36 para 2 and §134之一 in laws and rules; 5.1.1, 5.1.1-5.1.3 or Annex A in standards and criteria.
CLAUSE = re.compile(r"(§\d+(之一)?( para \d+)?(\(\d+\))?|\d+(\.\d+)+(-\d+(\.\d+)+| [a-z]\))?|Annex [A-Z]|)")

Row = dict[str, Any]


def read(path: Path) -> Row:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def checklist(code: str) -> Row:
    return read(DATA / f"{code.lower()}.toml")


def laws() -> list[Row]:
    return list(read(DATA / "laws.toml")["laws"])


def items() -> Iterator[Row]:
    for code, *_ in LISTS:
        yield from checklist(code)["items"]


def assert_bilingual(row: Row, field: str) -> None:
    chinese, english = row[f"{field}_zh"], row[f"{field}_en"]
    assert HAN.search(chinese), chinese
    assert english.strip(), f"no English for {chinese}"
    assert not HAN.search(english), english


def test_every_data_file_is_a_known_one() -> None:
    assert {path.stem for path in DATA.glob("*.toml")} == {"laws", "criteria"} | {
        code.lower() for code, *_ in LISTS
    }


@pytest.mark.parametrize(("code", "block", "position", "count"), LISTS)
def test_a_list_holds_every_row_in_sequence(code: str, block: str, position: int, count: int) -> None:
    content = checklist(code)
    assert (content["code"], content["block"], content["position"]) == (code, block, position)
    assert_bilingual(content, "title")
    assert [item["code"] for item in content["items"]] == [f"{code}-{n:02d}" for n in range(1, count + 1)]


def test_every_item_reads_in_both_languages_and_uses_allowed_values() -> None:
    for item in items():
        assert_bilingual(item, "text")
        assert item["hazard_class"] in BASIC_CLASSES | SITE_CLASSES, item["code"]
        assert item["major"] in {"no", "possible", "yes"}, item["code"]
        assert ("major_note_zh" in item) == ("major_note_en" in item), item["code"]
        if "major_note_zh" in item:
            assert_bilingual(item, "major_note")


def test_a_listed_major_hazard_always_states_its_scope() -> None:
    assert [i["code"] for i in items() if i["major"] == "yes" and "major_note_zh" not in i] == []


def test_no_item_says_the_same_as_another() -> None:
    for field in ("text_zh", "text_en"):
        texts = [item[field] for item in items()]
        assert len(texts) == len(set(texts))


def test_every_basis_is_a_known_law_with_a_readable_clause() -> None:
    known = {law["code"] for law in laws()}
    for item in items():
        for basis in item["basis"]:
            assert basis["law"] in known, item["code"]
            assert CLAUSE.fullmatch(basis["clause"]), (item["code"], basis["clause"])
            assert set(basis) <= {"law", "clause", "checked"}, item["code"]


def test_no_clause_passes_for_checked_when_it_is_unknown_or_its_text_was_not_read() -> None:
    unread = {law["code"] for law in laws() if law["checked"] == "not checked"}
    unread |= {"aq-3067-2026", "aq-3072-2026", "gb-35181-2025"}
    whole_text = {law["code"] for law in laws() if law["checked"] == "full text"}
    for item in items():
        for basis in item["basis"]:
            if basis["law"] in unread or not basis["clause"]:
                assert basis.get("checked") is False, (item["code"], basis)
            if basis["law"] in whole_text:
                assert basis.get("checked", True) is True, (item["code"], basis)


# Items that rest on a rule of the zone or the province: the office names it as a law of its own.
WITHOUT_LAW = {"IDLE-01", "IDLE-05", "IDLE-12", "HOL-02", "HOL-06"}


def test_only_items_that_rest_on_local_rules_name_no_law() -> None:
    assert {item["code"] for item in items() if not item["basis"]} == WITHOUT_LAW


def test_no_placeholder_stands_among_the_laws() -> None:
    assert [law["code"] for law in laws() if not law["edition"]] == []


def test_paragraphs_are_named_where_an_article_of_the_fire_law_has_several() -> None:
    for item in items():
        for basis in item["basis"]:
            if basis["law"] == "fire-protection-law":
                assert not re.match(r"§1[67](\(|$)", basis["clause"]), item["code"]


def test_every_item_offers_phrases_ready_for_a_notice() -> None:
    for item in items():
        assert 1 <= len(item["phrases"]) <= 2, item["code"]
        for phrase in item["phrases"]:
            assert_bilingual(phrase, "text")
            assert_bilingual(phrase, "measure")
            assert "＿" not in phrase["text_zh"] + phrase["measure_zh"]
            assert phrase["text_zh"].endswith("。")
            assert phrase["measure_zh"].endswith("。")
            assert phrase["days"] in {0, 3, 7, 15, 30}
            assert phrase["grade"] in {"general", "major"}


def test_a_phrase_suggests_major_only_where_the_item_is_a_listed_criterion() -> None:
    for item in items():
        if item["major"] != "yes":
            assert {phrase["grade"] for phrase in item["phrases"]} == {"general"}, item["code"]


def test_laws_have_unique_codes_and_known_kinds() -> None:
    rows = laws()
    codes = [law["code"] for law in rows]
    assert len(codes) == len(set(codes))
    for law in rows:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", law["code"])
        assert_bilingual(law, "title")
        assert law["kind"] in {"law", "regulation", "rule", "standard", "criterion"}, law["code"]
        assert law["checked"] in {"full text", "secondary source", "not checked"}, law["code"]
        assert ("note_zh" in law) == ("note_en" in law), law["code"]
        if "note_zh" in law:
            assert_bilingual(law, "note")


def test_laws_are_in_force_before_they_end_and_were_looked_at_on_a_stated_day() -> None:
    for law in laws():
        assert law["checked_on"] in {date(2026, 11, 23), date(2026, 11, 27)}
        assert law["in_force_from"] <= law.get("in_force_to", date.max), law["code"]


def test_an_edition_ends_the_day_before_the_next_begins() -> None:
    by_code = {law["code"]: law for law in laws()}
    for old, new in (("gbt-13869-2017", "gbt-13869-2026"), ("tsg-08-2017", "tsg-08-2026")):
        assert by_code[old]["in_force_to"] + timedelta(days=1) == by_code[new]["in_force_from"]


def calendar_2026() -> Row:
    return read(PACKAGE / "schedule" / "data" / "calendar-2026.toml")


def test_the_calendar_names_its_source_and_every_day() -> None:
    content = calendar_2026()
    assert content["year"] == 2026
    assert_bilingual(content, "source")
    for day in content["days"]:
        assert day["kind"] in {"off", "work"}
        assert_bilingual(day, "name")


def test_calendar_days_lie_in_2026_in_order_and_only_once() -> None:
    dates = [day["date"] for day in calendar_2026()["days"]]
    assert {day.year for day in dates} == {2026}
    assert dates == sorted(set(dates))


def test_adjusted_working_days_fall_on_weekends() -> None:
    adjusted = [day["date"] for day in calendar_2026()["days"] if day["kind"] == "work"]
    assert len(adjusted) == 6
    assert all(day.weekday() >= 5 for day in adjusted)


def test_the_calendar_agrees_with_an_independent_library_on_every_day_of_2026() -> None:
    kinds = {day["date"]: day["kind"] for day in calendar_2026()["days"]}
    day = date(2026, 1, 1)
    while day.year == 2026:
        works = kinds[day] == "work" if day in kinds else day.weekday() < 5
        assert works is chinese_calendar.is_workday(day), day
        assert (kinds.get(day) == "off") is (
            chinese_calendar.get_holiday_detail(day)[1] is not None and not works
        ), day
        day += timedelta(days=1)
