"""A portal's "I forgot my password": REKEY_PROFILE=folder python3 portal.py [HOST:PORT]...

POST /forgot  identifier                            sends the mail and the SMS
POST /reset   link, code, password, confirmation    sets the new password
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import rekey


class Portal(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 8_192))
        form = dict(parse_qsl(body.decode(errors="replace")))
        origin = rekey.Origin(self.client_address[0], self.headers.get("User-Agent", "")[:256])
        try:
            self.answer(200, self.act(form, origin))
        except KeyError:
            self.answer(400, "The form is not complete.")
        except rekey.Refused as refused:
            self.answer(503 if refused.not_processed else 400, refused.message)
        except rekey.RekeyError:
            self.answer(503, "Please try again in a moment.")

    def act(self, form: dict[str, str], origin: rekey.Origin) -> str:
        if self.path == "/forgot":
            client.request_reset(form["identifier"], origin=origin)
            return "If there is such an account, a mail and an SMS are on their way."
        secrets = (form[name] for name in ("link", "code", "password", "confirmation"))
        client.activate(*secrets, origin=origin)
        return "Your new password is set."

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())


with rekey.Client(sys.argv[1:] or None) as client:
    portal = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    print(f"http://127.0.0.1:{portal.server_port}", flush=True)
    portal.serve_forever()
