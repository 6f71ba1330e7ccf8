"""An independent reading of a published log, from the specifications only.

Usage: reference.py DIRECTORY

The directory holds a log as a tlog-tiles server publishes it (`checkpoint`, `tile/...`), the verifier key
`log.vkey`, that of a witness in `witness.vkey` if there is one, `claims.json` with roots and proofs, and
`*.tlog-proof` files. Everything is
computed again from the log entries by the recursive definitions of RFC 6962, section 2.1, and checked by the
algorithms of RFC 9162, section 2.1. Signatures are checked by RFC 8032, section 5.1.7. Only the standard
library is used. Prints what was checked; ends with an exception at the first difference.
"""

import base64
import hashlib
import json
import pathlib
import sys


def sha256(data):
    return hashlib.sha256(data).digest()


class Tree:
    """RFC 6962, section 2.1: the definitions, with D[lo:hi] written as (lo, hi)."""

    def __init__(self, entries):
        self.entries = entries
        self.known = {}

    def mth(self, lo, hi):
        n = hi - lo
        if n == 0:
            return sha256(b"")
        if n == 1:
            return sha256(b"\x00" + self.entries[lo])
        if (lo, hi) not in self.known:
            k = largest_power_of_two_below(n)
            self.known[lo, hi] = sha256(b"\x01" + self.mth(lo, lo + k) + self.mth(lo + k, hi))
        return self.known[lo, hi]

    def path(self, m, lo, hi):
        n = hi - lo
        if n == 1:
            return []
        k = largest_power_of_two_below(n)
        if m < k:
            return self.path(m, lo, lo + k) + [self.mth(lo + k, hi)]
        return self.path(m - k, lo + k, hi) + [self.mth(lo, lo + k)]

    def proof(self, m, n):
        return self.subproof(m, 0, n, True)

    def subproof(self, m, lo, hi, whole):
        n = hi - lo
        if m == n:
            return [] if whole else [self.mth(lo, hi)]
        k = largest_power_of_two_below(n)
        if m <= k:
            return self.subproof(m, lo, lo + k, whole) + [self.mth(lo + k, hi)]
        return self.subproof(m - k, lo + k, hi, False) + [self.mth(lo, lo + k)]


def largest_power_of_two_below(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def inclusion_holds(leaf, index, size, proof, root):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn % 2 == 1 or fn == sn:
            r = sha256(b"\x01" + p + r)
            if fn % 2 == 0:
                while fn % 2 == 0 and fn != 0:
                    fn, sn = fn >> 1, sn >> 1
        else:
            r = sha256(b"\x01" + r + p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistency_holds(first, second, first_root, second_root, proof):
    """RFC 9162, section 2.1.4.2, for 0 < first < second."""
    if not proof:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path = [first_root] + path
    fn, sn = first - 1, second - 1
    while fn % 2 == 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn % 2 == 1 or fn == sn:
            fr, sr = sha256(b"\x01" + c + fr), sha256(b"\x01" + c + sr)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha256(b"\x01" + sr + c)
        fn, sn = fn >> 1, sn >> 1
    return fr == first_root and sr == second_root and sn == 0


# Ed25519 (RFC 8032, section 5.1) on affine points, plain and slow.
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P
    return x, y


def times(scalar, point):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def point_of(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square, "not a point of the curve"
    return (P - x if x & 1 != sign else x), y


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_holds(public, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little")
    return s < ORDER and times(s, BASE) == add(point_of(r), times(k % ORDER, point_of(public)))


def read_verifier_key(text, kind):
    name, identifier, material = text.split("+", 2)
    material = base64.b64decode(material, validate=True)
    assert material[0] == kind and len(material) == 33
    expected = sha256(name.encode() + b"\n" + material)[:4]
    assert expected.hex() == identifier, "key id of " + name
    return name, expected, material[1:]


def read_note(text):
    body, signatures = text[: text.rindex("\n\n") + 1], text[text.rindex("\n\n") + 2 :]
    found = {}
    for line in signatures.splitlines():
        dash, name, data = line.split(" ")
        assert dash == "\u2014"
        data = base64.b64decode(data, validate=True)
        found[name, data[:4]] = data[4:]
    return body, found


def check_checkpoint(text, log, witness):
    body, signatures = read_note(text)
    log_name, log_id, log_key = log
    assert ed25519_holds(log_key, body.encode(), signatures[log_name, log_id]), "log signature"
    if witness:
        check_cosignature(body, signatures, witness)
    origin, size, root = body.splitlines()
    assert origin == log_name
    return int(size), base64.b64decode(root, validate=True)


def check_cosignature(body, signatures, witness):
    name, identifier, key = witness
    cosignature = signatures[name, identifier]
    time = int.from_bytes(cosignature[:8], "big")
    message = "cosignature/v1\ntime %d\n%s" % (time, body)
    assert ed25519_holds(key, message.encode(), cosignature[8:]), "cosignature"
    assert not ed25519_holds(key, message.encode() + b"x", cosignature[8:])


def tile_name(index, width):
    """Three digits an element, all but the last with an x; the width only of partial tiles."""
    elements = []
    while True:
        elements.insert(0, "%03d" % (index % 1000))
        index //= 1000
        if index == 0:
            break
    name = "/".join(["x" + e for e in elements[:-1]] + elements[-1:])
    return name if width == 256 else "%s.p/%d" % (name, width)


def widths(count):
    return [256] * (count // 256) + ([count % 256] if count % 256 else [])


def read_entries(directory, size):
    entries = []
    for index, width in enumerate(widths(size)):
        data = (directory / "tile" / "entries" / tile_name(index, width)).read_bytes()
        start = len(entries)
        while data:
            length = int.from_bytes(data[:2], "big")
            assert len(data) >= 2 + length
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
        assert len(entries) - start == width
    return entries


def check_tiles(directory, tree, size):
    """tlog-tiles, "Merkle Tree": MTH(D[(n*256+i) * 256**l : (n*256+i+1) * 256**l])."""
    expected = {"entries/" + tile_name(i, w) for i, w in enumerate(widths(size))}
    level = 0
    while size // 256**level:
        span = 256**level
        for n, width in enumerate(widths(size // span)):
            name = "%d/%s" % (level, tile_name(n, width))
            hashes = (tree.mth((n * 256 + i) * span, (n * 256 + i + 1) * span) for i in range(width))
            assert (directory / "tile" / name).read_bytes() == b"".join(hashes), name
            expected.add(name)
        level += 1
    files = {f.relative_to(directory / "tile").as_posix() for f in (directory / "tile").rglob("*") if f.is_file()}
    assert files == expected, files ^ expected
    return len(expected)


def flipped(data):
    return bytes([data[0] ^ 1]) + data[1:]


def check_claims(tree, claims):
    unpack = lambda texts: [base64.b64decode(text, validate=True) for text in texts]
    for claim in claims["roots"]:
        assert tree.mth(0, claim["size"]) == unpack([claim["root"]])[0], claim
    for claim in claims["inclusion"]:
        index, size, proof = claim["index"], claim["size"], unpack(claim["proof"])
        root, leaf = tree.mth(0, size), tree.mth(index, index + 1)
        assert proof == tree.path(index, 0, size), claim
        assert inclusion_holds(leaf, index, size, proof, root), claim
        assert not inclusion_holds(flipped(leaf), index, size, proof, root), claim
    for claim in claims["consistency"]:
        old, new, proof = claim["old"], claim["new"], unpack(claim["proof"])
        if old == 0:
            assert proof == []
            continue
        assert proof == tree.proof(old, new), claim
        if old < new:
            roots = tree.mth(0, old), tree.mth(0, new)
            assert consistency_holds(old, new, *roots, proof), claim
            assert not consistency_holds(old, new, flipped(roots[0]), roots[1], proof), claim


def check_proof_file(text, tree, log, witness):
    head, checkpoint = text.split("\n\n", 1)
    lines = head.split("\n")
    assert lines.pop(0) == "c2sp.org/tlog-proof@v1"
    if lines[0].startswith("extra "):
        base64.b64decode(lines.pop(0)[6:], validate=True)
    word, index = lines.pop(0).split(" ")
    assert word == "index"
    size, root = check_checkpoint(checkpoint, log, witness)
    proof = [base64.b64decode(line, validate=True) for line in lines]
    leaf = tree.mth(int(index), int(index) + 1)
    assert inclusion_holds(leaf, int(index), size, proof, root)


def main(directory):
    log = read_verifier_key((directory / "log.vkey").read_text(), 1)
    witness = directory / "witness.vkey"
    witness = read_verifier_key(witness.read_text(), 4) if witness.exists() else None
    size, root = check_checkpoint((directory / "checkpoint").read_text(), log, witness)
    tree = Tree(read_entries(directory, size))
    assert tree.mth(0, size) == root, "root"
    tiles = check_tiles(directory, tree, size)
    claims = json.loads((directory / "claims.json").read_text())
    check_claims(tree, claims)
    files = sorted(directory.glob("*.tlog-proof"))
    for file in files:
        check_proof_file(file.read_text(), tree, log, witness)
    print("size %d tiles %d roots %d inclusion %d consistency %d files %d" % (
        size, tiles, len(claims["roots"]), len(claims["inclusion"]), len(claims["consistency"]), len(files)))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
