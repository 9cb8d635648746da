"""An endpoint for webhooks of alerts: `WEBHOOK_SECRET=whsec_… python examples/receiver.py 8080`. Needs nothing but Python."""

import base64
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
TOLERANCE = 300  # s: what is older was recorded by somebody and is sent again by them
MOST = 1_000_000  # bytes

taken: set[str] = set()  # keep this where it outlives the process


def genuine(headers, body: bytes) -> bool:
    id_, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not at.isdecimal() or abs(time.time() - int(at)) > TOLERANCE:
        return False
    signed = f"{id_}.{at}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(KEY, signed, "sha256")).decode()
    # Several, while a secret is being replaced: one that fits is enough.
    return any(hmac.compare_digest(expected, given) for given in headers.get("webhook-signature", "").split())


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length) if length <= MOST else b""
        if not genuine(self.headers, body):
            return self.answer(401)
        id_ = self.headers["webhook-id"]
        if id_ not in taken:  # it may come twice
            event = json.loads(body)
            print(event["type"], event["data"]["rule"], event["subject"], flush=True)
            taken.add(id_)
        self.answer(204)  # only now: whatever is not a success comes again

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint).serve_forever()
