"""What is promised and what is aimed at, in the order in which the table is printed."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench import Line


@dataclass(frozen=True)
class Target:
    """One row: the figure in its unit, or its ratio to what stands beside it, is at most `must`, better `aim`."""

    what: str
    unit: str
    must: float
    aim: float
    of_ratio: bool = False
    at_least: bool = False
    size: int = 0  # of the data for which it is promised; measured with less, it is not judged

    def reaches(self, value: float, bound: float) -> bool:
        """Whether a figure keeps a bound."""
        return value >= bound if self.at_least else value <= bound


MILLION = 1_000_000
TARGETS = {
    "filings": Target("Filings of 20 answers, 3 photos of 300 KB; 4 clients", "/s", 0.55, 0.75, True, True),
    "filing p95": Target("The same: 95th percentile of a filing", "ms", 3, 1.5, True),
    "filing cpu": Target("Processor time of a filing (4 requests)", "ms", 18, 12),
    "memory": Target("Memory at 16 clients, peak", "MB", 200, 130, size=5000),
    "level": Target("The same: last fifth over second fifth", "MB", 1.1, 1.05, True, size=5000),
    "written": Target("Written to disk for a filing of 900 KB", "KB", 1050, 930),
    "dashboard": Target("Dashboard, zone of 800 hazards", "ms", 25, 10),
    "dashboard 9800": Target("Dashboard, 9,800 hazards, over the zone's", "ms", 2, 1.1, True),
    "dashboard million": Target("Dashboard, 1,000,000 hazards, over the zone's", "ms", 3, 1.2, True, size=MILLION),
    "past": Target("Figures as of a past day, 1,000,000 hazards, slowest day", "ms", 1000, 200, size=MILLION),
    "hazards 9800": Target("List of hazards, 50 of 9,800", "ms", 12, 8),
    "hazards million": Target("List of hazards, 50 of 1,000,000, over 9,800", "ms", 1.5, 1.1, True, size=MILLION),
    "enterprises": Target("Enterprises, 9,800 hazards", "ms", 25, 10),
    "checks": Target("Checks, 9,800 hazards", "ms", 25, 10),
    "campaigns": Target("Campaigns, 9,800 hazards", "ms", 25, 10),
    "grid": Target("Half-month grid, 9,800 hazards", "ms", 25, 10),
    "today cpu": Target("Today, server", "ms", 12, 8),
    "check cpu": Target("A check page, server", "ms", 25, 12),
    "summary": Target("Half-year summary, zone", "s", 1.0, 0.5),
    "summary 9800": Target("Half-year summary, 9,800 hazards", "s", 1.5, 0.6),
    "ledger 500": Target("Ledger of 500 rows, PDF", "s", 0.6, 0.3),
    "ledger 7260": Target("Ledger of 7,260 rows, PDF", "s", 8, 4),
    "ledger memory": Target("The same: memory of its process, peak", "MB", 250, 250),
    "sheet": Target("Ledger of 9,800 rows, XLSX", "s", 1.0, 0.6),
    "record": Target("Record of 20 answers, 3 photos, PDF", "ms", 100, 60),
    "check lcp": Target("Check page, cold: largest paint", "s", 1.5, 1.2),
    "check bytes": Target("Check page, cold: over the wire", "KB", 60, 50),
    "check requests": Target("Check page, cold: requests", "", 5, 4),
    "today lcp": Target("Today, first visit ever: largest paint", "s", 1.6, 1.2),
    "today shift": Target("Today, first visit ever: layout shift", "", 0.02, 0),
    "pack wire": Target("Pack of a supervisor: over the wire", "KB", 500, 250),
    "pack requests": Target("Pack of a supervisor: requests", "", 40, 40),
    "pack kept": Target("Pack of a supervisor: unpacked", "MB", 5, 5),
    "load page": Target("50 phones and 20 readers for 5 minutes: 95th percentile of a page", "ms", 500, 250, size=300),
    "load photo": Target("The same: 95th percentile of a photo of 1.5 MB", "ms", 2000, 1000, size=300),
    "load faults": Target("The same: answers that are faults", "", 0, 0, size=300),
    "load memory": Target("The same: memory late over early", "MB", 1.1, 1.05, True, size=300),
}  # fmt: skip


def told(value: float, unit: str = "") -> str:
    """A figure with as many digits as say something."""
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}{'' if unit.startswith('/') else ' '}{unit}".strip()


def line(key: str, value: float, beside: float | None = None, size: int | None = None) -> Line:
    """The line of a promised figure; `beside` is its floor, or the figure of which it may be so many times."""
    target = TARGETS[key]
    ratio = value / beside if beside else None
    judged = ratio if target.of_ratio else value
    assert judged is not None, key
    smaller = size is not None and size < target.size
    unit, sign = ("x", ">=" if target.at_least else "<=") if target.of_ratio else (target.unit, "<=")
    return Line(
        target.what,
        told(value, target.unit) + (f" (of {size:,})" if smaller else ""),
        f"{sign} {told(target.must, unit)}",
        told(target.aim, unit),
        "" if beside is None else told(beside, target.unit),
        "" if ratio is None else f"{ratio:.2f}",
        None if smaller else target.reaches(judged, target.must),
        not smaller and target.reaches(judged, target.aim),
    )


ORDER = {target.what: place for place, target in enumerate(TARGETS.values())}
