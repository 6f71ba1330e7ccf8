"""What PDF/A-3b with an attachment asks for, looked up with pikepdf.

usage: pdfa_check.py FILE.pdf ATTACHMENT-NAME RELATIONSHIP OUT -- the attachment's bytes are written to OUT
"""
import sys

import pikepdf
from pikepdf import Name

path, attachment, relationship, out = sys.argv[1:5]
faults = []


def expect(condition, what):
    if not condition:
        faults.append(what)


with pikepdf.open(path) as pdf:
    root = pdf.Root
    expect(not pdf.is_encrypted, "encrypted")
    with pdf.open_metadata() as xmp:
        expect(xmp.get("pdfaid:part") == "3", f"part {xmp.get('pdfaid:part')}")
        expect(xmp.get("pdfaid:conformance") == "B", f"conformance {xmp.get('pdfaid:conformance')}")
        expect(xmp.get("dc:title"), "no title")
        expect(xmp.get("pdf:Producer") or xmp.get("xmp:CreatorTool"), "no creator tool")
    intents = [i for i in root.OutputIntents if i.S == Name.GTS_PDFA1]
    expect(len(intents) == 1 and intents[0].DestOutputProfile.read_bytes()[36:40] == b"acsp", "no ICC output intent")
    files = root.AF
    expect(len(files) == 1, f"{len(files)} associated files")
    file = files[0]
    expect(str(file.UF) == attachment, f"named {file.UF}")
    expect(str(file.AFRelationship) == relationship, f"relationship {file.AFRelationship}")
    expect(file.EF.F.Subtype == Name("/application/json"), "no media type")
    expect("/ModDate" in file.EF.F.Params, "no modification date")
    expect("/EmbeddedFiles" in root.Names, "not in the name tree")
    open(out, "wb").write(file.EF.F.read_bytes())
    fonts = 0
    for page in pdf.pages:
        resources = page.Resources
        for font in (resources.get("/Font") or {}).values():
            fonts += 1
            descendant = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor = descendant.FontDescriptor
            expect(any(k in descriptor for k in ("/FontFile", "/FontFile2", "/FontFile3")), f"{font.BaseFont} not embedded")
            expect("/ToUnicode" in font, f"{font.BaseFont} without ToUnicode")
        for annotation in page.get("/Annots", []):
            expect(int(annotation.get("/F", 0)) & 4, "an annotation that does not print")
            expect(not int(annotation.get("/F", 0)) & 0b100011, "a hidden annotation")
            if annotation.Subtype == Name.Widget:
                expect("/AP" in annotation and "/N" in annotation.AP, "a widget without appearance")
                expect("/AA" not in annotation and "/A" not in annotation, "a widget with actions")
    expect(fonts > 0, "no fonts")
    expect("/OpenAction" not in root and "/AA" not in root and "/JavaScript" not in root.Names, "actions")
    expect("/NeedAppearances" not in root.get("/AcroForm", {}), "NeedAppearances")
    for number, item in enumerate(pdf.objects):
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == Name.ExtGState:
            expect(item.get("/SMask", Name.None_) == Name("/None"), f"soft mask in {number}")
        if isinstance(item, pikepdf.Stream):
            expect("/F" not in item, "external stream")
            expect("/LZWDecode" not in str(item.get("/Filter", "")), "LZW")
sys.exit("; ".join(faults) or None)
