"""A certificate by ReportLab, signed by pyHanko: `reportlab_pyhanko.py COUNT FOLDER`.

ReportLab reads TrueType outlines only, and Noto CJK has none: once for each folder, the characters that the page may
need are cut out of Noto and their outlines converted. That is not timed.
"""

import io
import os
import sys

import segno
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont as FontFile
from fontTools.ttLib import newTable
from fontTools.ttLib.ttCollection import TTCollection
from reportlab.lib.pagesizes import A3, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

import signature

NOTO = "/usr/share/fonts/opentype/noto/NotoSerifCJK-{}.ttc"


def characters():
    """The 6,763 characters of GB 2312 and what the page has beyond them."""
    common = [bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF)]
    text = "".join(pair.decode("gb2312", "ignore") for pair in common)
    own = "".join(label + value for label, value in signature.LINES)
    return set(text + own + signature.TITLE + signature.number(0) + "".join(map(chr, range(32, 127))))


def to_truetype(font):
    """Replaces cubic outlines by quadratic ones."""
    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, outlines
    del font["CFF "]
    for table in ("VORG", "vhea", "vmtx", "GSUB", "GPOS", "GDEF", "BASE"):
        if table in font:
            del font[table]
    highest = font["maxp"]
    highest.tableVersion = 0x00010000
    for field in (
        "maxZones maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements "
        "maxSizeOfInstructions maxComponentElements maxComponentDepth"
    ).split():
        setattr(highest, field, 1 if field == "maxZones" else 0)
    font["glyf"].compile(font)
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"


def font(folder, weight):
    """The file of a weight, made when it is missing."""
    path = f"{folder}/noto-serif-{weight}.ttf"
    if os.path.exists(path):
        return path
    faces = TTCollection(NOTO.format(weight)).fonts
    face = next(one for one in faces if one["name"].getDebugName(1).startswith("Noto Serif CJK SC"))
    bare = io.BytesIO()
    face.save(bare)
    bare.seek(0)
    whole = FontFile(bare)
    cut = subset.Subsetter(subset.Options(layout_features=[], hinting=False))
    cut.populate(text="".join(characters()))
    cut.subset(whole)
    to_truetype(whole)
    whole.save(path)
    return path


for weight in ("Regular", "Bold"):
    pdfmetrics.registerFont(TTFont(weight, font(sys.argv[2], weight)))


def draw(page, modules, left, bottom, size):
    """A QR code as one path."""
    step = size / len(modules)
    path = page.beginPath()
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                path.rect(left + column * step, bottom + size - (row + 1) * step, step, step)
    page.setFillColorRGB(0, 0, 0)
    page.drawPath(path, stroke=0, fill=1)


def make(index):
    """The page."""
    out = io.BytesIO()
    width, height = landscape(A3)
    page = canvas.Canvas(out, pagesize=(width, height))
    page.setTitle(signature.number(index))
    page.setStrokeColorRGB(0.55, 0.1, 0.1)
    for inset in (8, 10, 22):
        page.rect(inset * mm, inset * mm, width - 2 * inset * mm, height - 2 * inset * mm)
    page.setFont("Bold", 54)
    page.drawCentredString(width / 2, height - 62 * mm, signature.TITLE)
    page.setFont("Regular", 18)
    page.drawCentredString(width / 2, height - 78 * mm, signature.number(index))
    for place, (label, value) in enumerate(signature.LINES):
        level = height - (100 + 16 * place) * mm
        page.setFont("Bold", 17)
        page.drawString(40 * mm, level, label)
        page.setFont("Regular", 17)
        page.drawString(105 * mm, level, value)
    modules = segno.make_qr(signature.qr_text(index), error="h", boost_error=False).matrix
    draw(page, modules, width - 95 * mm, 30 * mm, 60 * mm)
    draw(page, modules, width - 95 * mm, 150 * mm, 60 * mm)
    page.showPage()
    page.save()
    return out.getvalue()


signature.measure("reportlab-pyhanko", make)
