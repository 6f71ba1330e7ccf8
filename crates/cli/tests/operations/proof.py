"""Checks that a file was logged, with nothing but the file, its proof and the log's public key.

Usage: proof.py FOLDER-OF-reference.py LOG.vkey FILE.tlog-proof FILE

The proof's extra data are 16 bytes of salt and the logged event; the entry is their SHA-256 (docs/operations).
"""

import base64
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, sys.argv[1])
import reference  # noqa: E402

log = reference.read_verifier_key(pathlib.Path(sys.argv[2]).read_text().strip(), 1)
head, checkpoint = pathlib.Path(sys.argv[3]).read_text().split("\n\n", 1)
lines = head.split("\n")
assert lines[0] == "c2sp.org/tlog-proof@v1"
assert lines[1].startswith("extra ") and lines[2].startswith("index ")
extra = base64.b64decode(lines[1][6:], validate=True)
index = int(lines[2][6:])
path = [base64.b64decode(line, validate=True) for line in lines[3:]]
size, root = reference.check_checkpoint(checkpoint, log, None)
entry = hashlib.sha256(extra).digest()
leaf = hashlib.sha256(b"\x00" + entry).digest()
assert reference.inclusion_holds(leaf, index, size, path, root), "inclusion"
assert not reference.inclusion_holds(reference.flipped(leaf), index, size, path, root)
event = json.loads(extra[16:])
digest = hashlib.sha256(pathlib.Path(sys.argv[4]).read_bytes()).hexdigest()
assert digest in event["data"].values(), "the event does not name the file"
assert "account" not in event, "the event names a person"
print("proved", event["kind"], "at index", index, "of", size)
