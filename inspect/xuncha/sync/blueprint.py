"""The blueprint that the phone's views share, and how each of them answers what it took."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ..checks.filing import Receipt
from ..checks.pulses import PulseReceipt
from ..core.request_log import request_id
from ..hazards.verifications import VerificationReceipt

pages = Blueprint("sync", __name__)


def receipt_answer(
    receipt: Receipt | PulseReceipt | VerificationReceipt, digest: str
) -> tuple[Response, int]:
    """The receipt: 201 at the first time, 200 ever after. `reference` is this request's, the receipt stays the same."""
    told = receipt.model_dump(mode="json")
    answer = jsonify(receipt=told, body_sha256=digest, reference=request_id())
    return answer, 200 if receipt.known else 201
