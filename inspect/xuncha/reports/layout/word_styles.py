"""The look of a Word document: page, fonts that WPS and Word have, styles, running head and page numbers."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from .page_frame import Furniture, Paper

BODY, TITLE, HEADING = "FangSong", "STZhongsong", "SimHei"
LATIN = "Times New Roman"
SUBSTITUTES = {
    BODY: "\u4eff\u5b8b,FangSong_GB2312,\u4eff\u5b8b_GB2312,STFangsong,Noto Serif CJK SC,Source Han Serif SC",
    TITLE: "\u534e\u6587\u4e2d\u5b8b,SimSun,\u5b8b\u4f53,Noto Serif CJK SC,Source Han Serif SC",
    HEADING: "\u9ed1\u4f53,Microsoft YaHei,Noto Sans CJK SC,Source Han Sans SC",
}
"""What to take where a font is not installed: its Chinese name, then its kin, the open fonts last."""
PANOSE = {BODY: "02010609060101010101", TITLE: "02010600040101010101", HEADING: "02010609060101010101"}
TABLE_TEXT = "Table Text"
NOTE = "Note"
ORGANISATION = "Organisation"
DECORATION = ("w:pBdr", "w:contextualSpacing", "w:spacing", "w:tabs")
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PLACE = re.compile("(\ue000|\ue001)")
INSTRUCTIONS = {"\ue000": "PAGE", "\ue001": "NUMPAGES"}


def plain(text: str) -> str:
    """Text that XML can hold."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def empty(furniture: Furniture, lang: str) -> Any:
    """A document without text: page, styles, running head, page numbers."""
    document = docx.Document(BytesIO(_styled(lang)))
    _set_page(document.sections[0], furniture.paper)
    _running_head(document.sections[0], furniture)
    for footer in (document.sections[0].footer, document.sections[0].first_page_footer):
        _page_numbers(footer, furniture)
    return document


@cache
def _styled(lang: str) -> bytes:
    """A document of a language with its styles and fonts, made once: setting them takes longer than reading them."""
    document, packed = docx.Document(), BytesIO()
    _drop_thumbnail(document)
    _set_defaults(document, lang)
    _set_styles(document, lang)
    _name_fonts(document)
    document.save(packed)
    return packed.getvalue()


def append(place: Any, text: str, style: str) -> Any:
    """A paragraph at the end of a document or cell; its style by identifier: a look-up by name goes through all of them."""
    made = place.add_paragraph(text)
    made._p.style = None if style == "Normal" else style.replace(" ", "")
    return made


def _drop_thumbnail(document: Any) -> None:
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[key]


def _set_defaults(document: Any, lang: str) -> None:
    """The fonts and the language of everything; a theme's fonts would go before named ones."""
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _set_fonts(defaults, BODY)
    found = defaults.find(qn("w:lang"))
    found.set(qn("w:val"), "en-US")
    found.set(qn("w:eastAsia"), "zh-CN")
    theme = document.settings.element.find(qn("w:themeFontLang"))
    theme.set(qn("w:eastAsia"), "zh-CN")
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set_fonts(properties: Any, east_asian: str) -> None:
    named = properties.find(qn("w:rFonts"))
    if named is None:
        named = OxmlElement("w:rFonts")
        properties.insert(0, named)
    named.attrib.clear()
    for script in ("ascii", "hAnsi", "cs"):
        named.set(qn(f"w:{script}"), LATIN)
    named.set(qn("w:eastAsia"), east_asian)


def _set_page(section: Any, paper: Paper) -> None:
    wide = paper.width > paper.height
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Pt(paper.width), Pt(paper.height)
    section.left_margin, section.right_margin = Pt(paper.left), Pt(paper.right)
    section.top_margin, section.bottom_margin = Pt(paper.top), Pt(paper.bottom)
    section.header_distance, section.footer_distance = Pt(28), Pt(20)


def _set_styles(document: Any, lang: str) -> None:
    normal = _style(document, "Normal", BODY, 10.5, leading=18, after=3)
    normal.paragraph_format.widow_control = True
    _style(document, "Title", TITLE, 18, leading=28, bold=True, centred=True, after=2)
    heading = _style(document, "Heading 1", HEADING, 12, leading=20, before=8, after=2, bold=lang != "zh")
    heading.paragraph_format.keep_with_next = True
    _style(document, "Header", BODY, 8.5, leading=12)
    _style(document, "Footer", BODY, 8.5, leading=12)
    _style(document, "Caption", BODY, 9, leading=13, centred=True)
    for name, size, leading in ((TABLE_TEXT, 9, 12), (NOTE, 9, 14), (ORGANISATION, 12, 19)):
        made = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = document.styles["Normal"]
        _style(document, name, BODY, size, leading=leading, centred=name == ORGANISATION)


def _style(
    document: Any,
    name: str,
    font: str,
    size: float,
    *,
    leading: float,
    before: float = 0,
    after: float = 0,
    bold: bool = False,
    centred: bool = False,
) -> Any:
    style = document.styles[name]
    _set_fonts(style.element.get_or_add_rPr(), font)
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, RGBColor(0, 0, 0)
    for border in list(style.element.iter(*map(qn, DECORATION))):
        border.getparent().remove(border)
    told = style.paragraph_format
    told.space_before, told.space_after = Pt(before), Pt(after)
    told.line_spacing_rule, told.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(leading)
    told.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    return style


def _name_fonts(document: Any) -> None:
    """Say of each Chinese font what it looks like and what may stand for it."""
    part = next(one.target_part for one in document.part.rels.values() if one.reltype.endswith("/fontTable"))
    table = parse_xml(part.blob)
    for name, others in SUBSTITUTES.items():
        table.append(
            parse_xml(
                f'<w:font {nsdecls("w")} w:name="{name}"><w:altName w:val="{others}"/>'
                f'<w:panose1 w:val="{PANOSE[name]}"/><w:charset w:val="86"/>'
                f'<w:family w:val="{"modern" if name == HEADING else "roman"}"/><w:pitch w:val="variable"/></w:font>'
            )
        )
    part._blob = serialize_part_xml(table)


def _running_head(section: Any, furniture: Furniture) -> None:
    """The title on every page but the first; that a paper is a draft on every one."""
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = furniture.draft
    head = section.header.paragraphs[0]
    head.text = " ".join(filter(None, (plain(furniture.title), furniture.continued, furniture.draft)))
    head._p.get_or_add_pPr().append(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="4" w:space="2" w:color="auto"/></w:pBdr>'
        )
    )


def _page_numbers(footer: Any, furniture: Furniture) -> None:
    """Page x of y as fields that the program counts; what the paper says at its foot below them."""
    first = footer.paragraphs[0]
    first.alignment = WD_ALIGN_PARAGRAPH.CENTER
    said = furniture.page_of("\ue000", "\ue001")
    for piece in PLACE.split(said):
        if piece in INSTRUCTIONS:
            first._p.append(
                parse_xml(
                    f'<w:fldSimple {nsdecls("w")} w:instr=" {INSTRUCTIONS[piece]} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
                )
            )
        elif piece:
            first.add_run(piece)
    if furniture.footer_note or furniture.number:
        below = append(footer, "", "Footer")
        tabs = below.paragraph_format.tab_stops
        paper = furniture.paper
        tabs.add_tab_stop(Pt(paper.width - paper.left - paper.right), WD_TAB_ALIGNMENT.RIGHT)
        below.add_run(f"{plain(furniture.footer_note)}\t{plain(furniture.number)}")
