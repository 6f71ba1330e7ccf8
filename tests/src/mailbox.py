"""A real SMTP server for tests: tells every mail it takes as one line of JSON. Every address takes its first mail, as it
did when it was proved. From then on those that begin with `busy` are put off, those that begin with `gone` are refused,
and `cut` loses its connection after the mail was taken."""

import asyncio
import email
import email.policy
import json
import socket
import sys

from aiosmtpd.smtp import SMTP


class Box:
    def __init__(self, known):
        self.known = known

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.known and address.startswith("busy"):
            return "450 4.2.1 mailbox busy, try later"
        if address in self.known and address.startswith("gone"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "from": mail["from"],
            "to": envelope.rcpt_tos,
            "subject": mail["subject"],
            "id": mail["message-id"],
            "date": mail["date"],
            "auto": mail["auto-submitted"],
            "unsubscribe": mail["list-unsubscribe"],
            "text": mail.get_body(("plain",)).get_content(),
            "html": html.get_content() if (html := mail.get_body(("html",))) else None,
        }
        print(json.dumps(told), flush=True)
        address = envelope.rcpt_tos[0]
        if address in self.known and address.startswith("cut"):
            server.transport.abort()
            return "250 never arrives"
        self.known.add(address)
        return "250 taken"


async def main():
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    loop = asyncio.get_running_loop()
    box = Box(set())
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test"), sock=sock)
    print(sock.getsockname()[1], flush=True)
    # Ends with the test: its end of the pipe closes.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
