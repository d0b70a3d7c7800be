"""What a page of a paper answers: its pages as pictures, the PDF, or the Word document."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

from flask import render_template, request, send_file
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.i18n import LANGUAGES, language
from . import preview, printing
from .layout.fonts import FontMissing
from .printing import Kind

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNISSUED = {
    Kind.LEDGER,
    Kind.SUMMARY,
    Kind.CIRCULAR,
    Kind.TRAININGS,
    Kind.APPRAISAL,
    Kind.CAMPAIGN,
    Kind.PROFILE,
    Kind.RESPONSIBILITY,
    Kind.TASKS,
    Kind.VISITS,
    Kind.ATTENDANCE,
    Kind.SIGN_IN_CODE,
    Kind.EXAM_CODE,
    Kind.PLAN,
}
PREVIEWED = 40  # pages shown as pictures; the file has them all


def answer(order: printing.Order) -> str | Response | tuple[str, int]:
    """The PDF with ?format=pdf (&download=1 to save it), the Word document with ?format=docx, else its pages as pictures."""
    lang = request.args.get("lang", "")
    lang = lang if lang in LANGUAGES else language()
    try:
        if request.args.get("format") == "docx" and order.editable:
            return _word_document(order, lang)
        path, saved = preview.printed(order, lang)
    except FontMissing as problem:
        return render_template("reports/failed.html", order=order, problem=str(problem)), 503
    if request.args.get("format") == "pdf":
        return send_file(
            path,
            mimetype="application/pdf",
            as_attachment=request.args.get("download") == "1",
            download_name=printing.file_name(order, lang),
        )
    preview.share(path)
    passed = preview.token(current_user.id, saved.sha256)
    return render_template(
        "reports/preview.html",
        order=order,
        unissued=UNISSUED,
        saved=saved,
        lang=lang,
        token=passed,
        shown=min(saved.pages, PREVIEWED),
        args={key: value for key, value in request.args.items() if key not in {"lang", "format", "download"}},
    )


def _word_document(order: printing.Order, lang: str) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.docx"
        printing.write_for_word(order, path, lang)
        made = BytesIO(path.read_bytes())
    name = printing.file_name(order, lang, ".docx")
    return send_file(made, mimetype=WORD, as_attachment=True, download_name=name)
