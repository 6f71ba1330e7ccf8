"""A certificate by WeasyPrint as PDF/A-3b, signed by pyHanko: `weasyprint_pyhanko.py COUNT FOLDER`."""

import html
import json

import segno
from weasyprint import HTML, Attachment
from weasyprint.text.fonts import FontConfiguration

import signature

STYLE = """
@page { size: 420mm 297mm; margin: 22mm }
body { font-family: "Noto Serif CJK SC"; font-size: 17pt; border: 0.5mm solid #8c1a1a; height: 250mm; margin: 0 }
h1 { text-align: center; font-size: 54pt; margin: 18mm 0 4mm }
p { text-align: center; margin: 0 0 10mm; font-size: 18pt }
table { margin-left: 20mm; width: 230mm; border-spacing: 0 6mm }
th { text-align: left; width: 65mm }
img { position: absolute; right: 30mm; width: 60mm }
"""
FONTS = FontConfiguration()


def make(index):
    """The page."""
    code = segno.make_qr(signature.qr_text(index), error="h", boost_error=False).svg_data_uri()
    rows = "".join(
        f"<tr><th>{html.escape(label)}</th><td>{html.escape(value)}</td></tr>" for label, value in signature.LINES
    )
    number = html.escape(signature.number(index))
    page = (
        f'<!doctype html><html lang="zh-CN"><title>{number}</title><style>{STYLE}</style><body>'
        f"<h1>{signature.TITLE}</h1><p>{number}</p><table>{rows}</table>"
        f'<img style="top: 30mm" src="{code}"><img style="bottom: 20mm" src="{code}"></body></html>'
    )
    record = json.dumps({"number": signature.number(index), **dict(signature.LINES)}, ensure_ascii=False)
    attachment = Attachment(
        string=record.encode(), name="licence.json", relationship="Data", description="licence record"
    )
    return HTML(string=page).write_pdf(pdf_variant="pdf/a-3b", attachments=[attachment], font_config=FONTS)


signature.measure("weasyprint-pyhanko", make)
