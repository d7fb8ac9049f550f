"""A mirror on 127.0.0.1 that can fail in every way a real one does, for the tests of helpers/mnist.py."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTAL = b"<!DOCTYPE html><title>Welcome to Grand Hotel Wi-Fi</title><p>Please accept our terms." * 20


class Mirror:
    """Serves `files` (name: gzipped bytes) at `url` while the `with` block runs; `asked` lists the files asked for.

    mood: "well", or how it fails: an HTTP status such as 404; "hang" (accepts and never answers); "stall" (half, then
    silence); "cut" (promises all, sends half, hangs up); "short" (half, and says that is all); "wrong" (a proper gzip
    of something else); "portal" (a log-in page with status 200).
    """

    def __init__(self, files: dict[str, bytes], mood: str | int = "well"):
        self.files, self.mood, self.asked = files, mood, []
        self.closing = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}/mnist/"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def handler(self):
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.rsplit("/", 1)[-1]
                mirror.asked.append(name)
                mirror.answer(self, mirror.files[name])

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, handler, body: bytes):
        mood, length = self.mood, None
        if mood == "hang":
            self.closing.wait()
            return
        if isinstance(mood, int):
            handler.send_error(mood)
            return
        if mood in ("cut", "stall"):
            body, length = body[: len(body) // 2], len(body)
        elif mood == "short":
            body = body[: len(body) // 2]
        elif mood == "wrong":
            body = gzip.compress(gzip.decompress(body)[:-1] + b"!")
        elif mood == "portal":
            body = PORTAL
        handler.send_response(200)
        handler.send_header("Content-Length", str(length or len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        if mood == "stall":
            handler.wfile.flush()
            self.closing.wait()
