"""The lists with which an office moves in: a title above the heads, names of columns that nobody knows."""

from __future__ import annotations

from typing import Any

SITES: list[list[Any]] = [
    ["临江经济开发区企业台账"],
    ["序", "厂名", "证照号", "干什么的", "色", "谁管", "老板", "老板手机"],
    [1, "东风化工厂", "91110000600037341L", "危化", "红", "尤监管", "何总", "13800001111"],
    [2, "远方机械厂", None, "工贸", "黄", "尤监管", "许总", "0512-6001"],
]
SITE_COLUMNS = {
    "厂名": "name",
    "证照号": "uscc",
    "干什么的": "sector",
    "色": "risk",
    "老板": "principal",
    "老板手机": "principal_phone",
}
PEOPLE: list[list[Any]] = [
    ["安委办通讯录"],
    ["称呼", "登录用", "干啥", "号码", "哪一片"],
    ["尤监管", "you", "网格员", "13900001111", "东片区"],
    ["何厂长", "he", "厂长", "13800001111", None],
]
PEOPLE_COLUMNS = {"称呼": "name", "登录用": "username", "干啥": "role", "号码": "phone", "哪一片": "team"}
# The principal of an enterprise needs its name; the second list has the column.
PEOPLE_WITH_ENTERPRISE = [PEOPLE[0], [*PEOPLE[1], "哪家的"], [*PEOPLE[2], None], [*PEOPLE[3], "东风化工厂"]]
HAZARDS: list[list[Any]] = [
    ["隐患台账（未销号）"],
    ["哪家", "啥毛病", "哪一类", "查到的日子", "改完的日子", "谁查的", "改了没"],
    ["东风化工厂", "2号仓库灭火器过期", "消防", "2026-09-01", "2026年10月1日", "尤监管", "未整改"],
    ["远方机械厂", "配电箱无标识", "用电", "2026/10/20", "2027-01-31", None, None],
    ["远方机械厂", "通道堵塞", "消防", "2026/10/20", "2026-10-31", None, "已整改"],
]
HAZARD_COLUMNS = {
    "哪家": "site",
    "啥毛病": "description",
    "哪一类": "hazard_class",
    "查到的日子": "found_on",
    "改完的日子": "due_on",
    "谁查的": "finder",
    "改了没": "state",
}


def choice(rows: list[list[Any]], columns: dict[str, str]) -> dict[str, str]:
    """The fields of the page of columns; the heads stand in the second row."""
    chosen = {f"column-{at}": columns.get(str(head), "") for at, head in enumerate(rows[1])}
    return {"head": "2", **chosen}
