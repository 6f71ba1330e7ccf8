"""pyHanko's opinion. usage: pyhanko_check.py FILE.pdf ROOT.pem MOMENT(ISO) -> JSON"""
import datetime
import json
import sys

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

path, root, moment = sys.argv[1:4]
context = lambda: ValidationContext(
    trust_roots=list(load_certs_from_pemder([root])), allow_fetching=False,
    moment=datetime.datetime.fromisoformat(moment))
with open(path, "rb") as file:
    reader = PdfFileReader(file)
    signatures = reader.embedded_signatures
    assert len(signatures) == 1, len(signatures)
    signature = signatures[0]
    status = validate_pdf_signature(signature, signer_validation_context=context(), ts_validation_context=context())
    info = signature.signer_info
    stamp = status.timestamp_validity
    print(json.dumps({
        "intact": status.intact, "valid": status.valid, "trusted": status.trusted,
        "bottom_line": status.bottom_line, "coverage": status.coverage.name, "docmdp_ok": status.docmdp_ok,
        "timestamp_valid": bool(stamp and stamp.valid and stamp.trusted),
        "timestamp": stamp.timestamp.isoformat() if stamp else None,
        "subfilter": str(signature.sig_object["/SubFilter"]),
        "signed": sorted(a["type"].native for a in info["signed_attrs"]),
        "unsigned": sorted(a["type"].native for a in info["unsigned_attrs"]),
        "digest": info["digest_algorithm"]["algorithm"].native,
        "permissions": signature.docmdp_level.value if signature.docmdp_level is not None else None,
    }))
