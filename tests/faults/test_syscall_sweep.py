"""An error of the disk, or the end of the process, at calls spread over one filing; `make soak` goes through every call."""

from pathlib import Path

import pytest

from tests.faults.syscall_sweep import PLAN, Bench, NoTracer, Result, sample, tracer


@pytest.mark.parametrize("together", [False, True], ids=["four requests", "one request"])
def test_no_call_that_fails_or_is_the_last_loses_a_filing_or_halves_it(
    together: bool, settled: Path, tmp_path: Path
) -> None:
    result = Result()
    with Bench(tmp_path, settled, together=together) as bench:
        calls = bench.calls()
        if together:
            calls.pop("read", None)  # only of the pipe that wakes the server's loop, which it may find awake
        cases = sample(calls)
        met = [bench.run(case, result) for case in cases]
    assert result.faults + bench.verdict() == []
    assert [case for case, was in zip(cases, met, strict=True) if not was] == []
    # The filing's own commit is followed by a copy of the log into the database: both are among the calls.
    assert calls["pwrite64"] > 180 and calls["fsync"] > (11 if together else 13)
    assert {(case.call, case.fault) for case in cases} == {pair for pair in PLAN if calls[pair[0]]}


def test_a_process_that_cannot_be_followed_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(NoTracer, match="SYS_PTRACE"), tracer(2**22 + 1, tmp_path / "strace.log"):
        pass
