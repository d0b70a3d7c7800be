"""One filing posted by many at one instant."""

from __future__ import annotations

import threading

from tests.faults.client import Answer, Entry, Phone


def at_one_instant(phone: Phone, entry: Entry, count: int = 20) -> list[Answer]:
    """Post the same filing `count` times at one moment, its photos sent before."""
    token = phone.token()
    assert token
    for sha, data in entry.photos.items():
        assert phone.put(sha, data, token).status in (200, 201)
    barrier, answers = threading.Barrier(count), []

    def post() -> None:
        barrier.wait()
        answers.append(phone.post(entry, token))

    threads = [threading.Thread(target=post) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def faults_of(answers: list[Answer]) -> list[str]:
    """What is wrong with the answers to equal posts: exactly one is new, all give one receipt."""
    statuses = sorted(answer.status for answer in answers)
    faults = [] if statuses == [200] * (len(answers) - 1) + [201] else [f"statuses {statuses}"]
    receipts = [answer.json.get("receipt") for answer in answers]
    return faults + (["receipts differ"] if any(one != receipts[0] for one in receipts) else [])
