"""A mail server on loopback that keeps what it gets: one JSON line on stdout for each mail.

    smtp-server.py PORT CERTIFICATE KEY MODE

MODE: starttls (AUTH after STARTTLS), tls (from the first byte), plain (no STARTTLS), drop (hangs up after the whole mail),
refuse (does not take the mail), picky (does not take the first recipient).
"""

import base64
import json
import ssl
import sys
import threading
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

port, certificate, key, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "picky" and not session.__dict__.get("refused_one"):
            session.refused_one = True
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        html = mail.get_body(("html",))
        print(
            json.dumps(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "subject": mail["subject"],
                    "messageId": mail["message-id"],
                    "fromHeader": mail["from"],
                    "text": mail.get_body(("plain",)).get_content(),
                    "html": html.get_content() if html else None,
                    "files": [
                        {
                            "name": part.get_filename(),
                            "type": part.get_content_type(),
                            "base64": base64.b64encode(part.get_payload(decode=True)).decode(),
                        }
                        for part in mail.iter_attachments()
                    ],
                    "defects": [str(defect) for part in mail.walk() for defect in part.defects],
                    "isEncrypted": session.ssl is not None,
                    "isAuthenticated": bool(session.authenticated),
                }
            ),
            flush=True,
        )
        if mode == "drop":
            server.transport.close()
            return "250 never heard"
        if mode == "refuse":
            return "451 come again later"
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    isKnown = data.login == b"tare" and data.password == "p\u00e4ss".encode()
    return AuthResult(success=isKnown, handled=False)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
options = {"authenticator": authenticate}
if mode == "tls":
    controller = Controller(Handler(), hostname="127.0.0.1", port=port, ssl_context=context, auth_require_tls=False, **options)
elif mode == "plain":
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
else:
    controller = Controller(Handler(), hostname="127.0.0.1", port=port, tls_context=context, **options)
controller.start()
print("ready", flush=True)
threading.Event().wait()
