"""Forgeries that need a PDF tool. usage: forge.py KIND IN.pdf OUT.pdf [OTHER.pdf]"""
import io
import sys

import pikepdf

kind, source, target = sys.argv[1:4]

if kind == "resave":
    with pikepdf.open(source) as pdf:
        pdf.save(target)
elif kind == "resave-plain":
    with pikepdf.open(source) as pdf:
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False,
                 stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
elif kind == "swap-page":
    # The face of another licence under the attachment and signature of this one.
    with pikepdf.open(source) as pdf, pikepdf.open(sys.argv[4]) as other:
        is_field = lambda annotation: annotation.Subtype == pikepdf.Name.Widget
        fields = [a for a in pdf.pages[0].Annots if is_field(a)]
        pdf.pages[0] = other.pages[0]
        face = pdf.pages[0]
        face.Annots = pikepdf.Array([a for a in face.Annots if not is_field(a)] + fields)
        for field in fields:
            field.P = face.obj
        pdf.save(target)
elif kind == "swap-attachment":
    with pikepdf.open(source) as pdf, pikepdf.open(sys.argv[4]) as other:
        pdf.Root.AF[0].EF.F.write(other.Root.AF[0].EF.F.read_bytes())
        pdf.save(target)
elif kind == "rewrite-code":
    with pikepdf.open(source) as pdf, pikepdf.open(sys.argv[4]) as other:
        address = next(a.A.URI for a in other.pages[0].Annots if "/A" in a)
        for annotation in pdf.pages[0].Annots:
            if "/A" in annotation:
                annotation.A.URI = pikepdf.String(str(address))
        pdf.save(target)
elif kind == "strip-signature":
    with pikepdf.open(source) as pdf:
        del pdf.Root.AcroForm, pdf.Root.Perms
        for page in pdf.pages:
            if "/Annots" in page:
                page.Annots = pikepdf.Array([a for a in page.Annots if a.Subtype != pikepdf.Name.Widget])
        pdf.save(target)
elif kind in ("update-page", "update-attachment", "update-second-signature"):
    # A well-formed incremental update, as an attacker with a PDF library would write it.
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(open(source, "rb").read()))
    if kind == "update-page":
        page = writer.root["/Pages"]["/Kids"][0]
        page[generic.NameObject("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
        writer.update_container(page)
    elif kind == "update-attachment":
        file = writer.root["/AF"][0]["/EF"]
        file[generic.NameObject("/F")] = writer.add_object(generic.StreamObject(stream_data=b"{}"))
        file[generic.NameObject("/UF")] = file.raw_get("/F")
        writer.update_container(file)
    else:
        value = generic.DictionaryObject({
            generic.NameObject("/Type"): generic.NameObject("/Sig"),
            generic.NameObject("/Filter"): generic.NameObject("/Adobe.PPKLite"),
            generic.NameObject("/SubFilter"): generic.NameObject("/ETSI.CAdES.detached"),
            generic.NameObject("/ByteRange"): generic.ArrayObject(map(generic.NumberObject, (0, 1, 2, 3))),
            generic.NameObject("/Contents"): generic.ByteStringObject(b"\0" * 16),
        })
        writer.add_object(value)
        writer.update_root()
        writer.root[generic.NameObject("/Lang")] = generic.TextStringObject("zh")
    out = io.BytesIO()
    writer.write(out)
    open(target, "wb").write(out.getvalue())
else:
    sys.exit(f"unknown forgery {kind}")
