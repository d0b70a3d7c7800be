"""The blueprint that the phone's views share, and how each of them answers what it took."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ..checks.filing import Receipt
from ..checks.taken_once import OnceReceipt

pages = Blueprint("sync", __name__)


def receipt_answer(receipt: Receipt | OnceReceipt, digest: str) -> tuple[Response, int]:
    """The receipt: 201 at the first time, 200 with the same words ever after; its reference stands in the header only."""
    told = receipt.model_dump(mode="json")
    return jsonify(receipt=told, body_sha256=digest), 200 if receipt.known else 201
