"""Which backups stay: the newest of each of the last days, weeks and months that have one; photos that none names go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..core.bucket import StoreAway
from ..core.clock import local_day
from . import manifest
from .faults import BackupFault
from .places import Place


@dataclass(frozen=True)
class Keep:
    """How many days, weeks and months keep a backup each; with none given every backup stays."""

    daily: int = 0
    weekly: int = 0
    monthly: int = 0

    @property
    def everything(self) -> bool:
        """Whether nothing is to be deleted."""
        return not (self.daily or self.weekly or self.monthly)


def kept(names: Sequence[str], keep: Keep) -> set[str]:
    """The names of the backups that stay; the newest always does."""
    if keep.everything or not names:
        return set(names)
    newest_first = sorted(names, reverse=True)
    stay = {newest_first[0]}
    for count, period in ((keep.daily, _day), (keep.weekly, _week), (keep.monthly, _month)):
        newest_of: dict[object, str] = {}
        for name in newest_first:
            newest_of.setdefault(period(name), name)
        stay |= set(list(newest_of.values())[:count])
    return stay


def prune(place: Place, keep: Keep, needed: Collection[str] = ()) -> list[str]:
    """Delete the other backups but those that are needed for something else, then the photos that no backup names any more;
    the names of those that went."""
    names = place.finished()
    gone = sorted(set(names) - kept(names, keep) - set(needed))
    if not gone:
        return []
    with place.alone():
        for name in gone:
            place.drop(name)
        _sweep(place)
    return gone


def _sweep(place: Place) -> None:
    named: set[str] = set()
    for name in place.finished():
        try:
            backup = manifest.read(place, name)
            named |= {backup.photo(sha256) for sha256, _size in backup.photos()}
        except StoreAway:
            raise
        except (BackupFault, OSError, ValueError):
            return  # one that cannot be read may name any photo
    place.delete(place.photos().keys() - named)


Period = Callable[[str], object]


def _moment(name: str) -> datetime:
    return datetime.strptime(name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _day(name: str) -> object:
    return local_day(_moment(name))


def _week(name: str) -> object:
    return local_day(_moment(name)).isocalendar()[:2]


def _month(name: str) -> object:
    return local_day(_moment(name)).replace(day=1)
