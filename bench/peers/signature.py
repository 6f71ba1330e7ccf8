"""What both peers share: the text of the certificate, the QR code, and a PAdES B-T signature by pyHanko.

The keys are made afresh for each run: a certificate authority, a signer and a timestamp authority, RSA with 2048 bits
as the product's own. The timestamp comes from pyHanko's authority inside the process, as the product's does.
"""

import datetime
import io
import json
import resource
import statistics
import sys
import time

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

#: Label and value of each line, as on the product's certificate.
LINES = [
    ("单位名称", "南昌龘盛赣江化工（集团）有限公司"),
    ("统一社会信用代码", "91360102MA35XXXX0A"),
    ("主要负责人", "李开明"),
    ("单位地址", "江西省南昌市东湖区阳明路三百一十号"),
    ("经济类型", "有限责任公司（自然人投资或控股）"),
    ("许可范围", "环氧乙烷（5000吨/年）；液氯（12000吨/年）"),
    ("有效期", "2026年11月22日至2029年11月21日"),
    ("发证机关", "南昌市应急管理局"),
    ("发证日期", "2026年11月22日"),
]
TITLE = "安全生产许可证"


def number(index):
    """The number of the licence made in this turn."""
    return f"（赣）WH安许证字〔2026〕{index:06d}"


def qr_text(index):
    """An address as long as the product's, in the same alphabet."""
    return f"HTTPS://AQ.EXAMPLE.GOV.CN/V/{index:06d}" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 7


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certificate(subject, key, issuer, issuer_key, usage=None, authority=False):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        builder = builder.add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True
        )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _for_pyhanko(certificate, key):
    der = certificate.public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return asn1_x509.Certificate.load(der), asn1_keys.PrivateKeyInfo.load(private)


class Signer:
    """Signs and stamps."""

    def __init__(self):
        ca_key, key, tsa_key = (rsa.generate_private_key(65537, 2048) for _ in range(3))
        ca = _certificate("Bench CA", ca_key, "Bench CA", ca_key, authority=True)
        own = _certificate("南昌市应急管理局", key, "Bench CA", ca_key)
        tsa = _certificate("Bench TSA", tsa_key, "Bench CA", ca_key, ExtendedKeyUsageOID.TIME_STAMPING)
        root, _ = _for_pyhanko(ca, ca_key)
        store = SimpleCertificateStore()
        store.register(root)
        certificate, private = _for_pyhanko(own, key)
        self._signer = signers.SimpleSigner(certificate, private, store)
        self._stamper = DummyTimeStamper(*_for_pyhanko(tsa, tsa_key), certs_to_embed=store)

    def sign(self, page):
        """The page with a PAdES B-T certification signature that allows no change."""
        details = signers.PdfSignatureMetadata(
            field_name="Signature",
            md_algorithm="sha256",
            location="江西省南昌市",
            reason="签发",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        signed = signers.PdfSigner(details, self._signer, timestamper=self._stamper).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(page))
        )
        return signed.getbuffer()


def measure(name, make):
    """Makes some certificates warm and prints medians as one line of JSON; the last one is kept to be looked at."""
    count, folder = int(sys.argv[1]), sys.argv[2]
    signer = Signer()
    for index in range(2):
        signer.sign(make(index))
    pages, signatures, used, signed = [], [], [], b""
    for index in range(2, count + 2):
        cpu = time.process_time()
        begun = time.perf_counter()
        page = make(index)
        made = time.perf_counter()
        signed = signer.sign(page)
        done = time.perf_counter()
        pages.append(1000 * (made - begun))
        signatures.append(1000 * (done - made))
        used.append(1000 * (time.process_time() - cpu))
    with open(f"{folder}/{name}.pdf", "wb") as file:
        file.write(signed)
    figures = {
        "name": name,
        "page_ms": statistics.median(pages),
        "sign_ms": statistics.median(signatures),
        "cpu_ms": statistics.median(used),
        "bytes": len(signed),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))
