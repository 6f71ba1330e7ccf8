#!/bin/sh
# Installs the foreign judges that the tests call: PDF, QR, CMS and timestamp tools by apt, pyHanko, pikepdf and
# moto (a server that speaks S3) and aiosmtpd (a mail server) by pip into .venv at the root of the workspace. Debian or Ubuntu. Run it from anywhere, as often as you like.
#
#   scripts/setup-test-tools.sh
#
# Without root the apt step goes through sudo. ANXU_TEST_PYTHON names another Python for the tests.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    fonts-noto-cjk poppler-utils qpdf mupdf-tools zbar-tools libnss3-tools openssl python3-venv

[ -x "$root/.venv/bin/python" ] || python3 -m venv "$root/.venv"
"$root/.venv/bin/pip" install --quiet --disable-pip-version-check \
    'pyHanko==0.38.0' 'pyhanko-certvalidator==0.33.0' 'pikepdf==10.17.0' 'pillow==13.0.0' 'moto[server]==5.2.1' 'aiosmtpd==1.4.6'
"$root/.venv/bin/python" -c 'import pyhanko, pikepdf, PIL, moto.server, aiosmtpd; print("test tools ready")'
