"""A mirror on 127.0.0.1 that can fail in every way a real one does, for the tests of helpers/mnist.py."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Mirror(ThreadingHTTPServer):
    """Serves `files` (name: gzipped bytes) at `url` while the `with` block runs; `asked` lists the files asked for.

    mood: "well", or how it fails: an HTTP status such as 404; "hang" (accepts and never answers); "stall" (half, then
    silence); "cut" (promises all, sends half, hangs up); "short" (half, and says that is all); "wrong" (a proper gzip
    of something else); "portal" (a log-in page with status 200).
    """

    def __init__(self, files: dict[str, bytes], mood: str | int = "well"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.mood, self.asked = files, mood, []
        self.closing = threading.Event()
        self.host = f"127.0.0.1:{self.server_port}"
        self.url = f"http://{self.host}/mnist/"

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.shutdown()
        self.thread.join()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name, mood = self.path.rsplit("/", 1)[-1], self.server.mood
        self.server.asked.append(name)
        whole = self.server.files[name]
        if isinstance(mood, int):
            self.send_error(mood)
            return
        if mood != "hang":
            wrong = gzip.compress(gzip.decompress(whole)[:-1] + b"!")
            bodies = {"well": whole, "wrong": wrong, "portal": b"<title>Welcome to our Wi-Fi</title>" * 50}
            body = bodies.get(mood, whole[: len(whole) // 2])
            self.send_response(200)
            self.send_header("Content-Length", str(len(whole if mood in ("cut", "stall") else body)))
            self.end_headers()
            self.wfile.write(body)
        if mood in ("hang", "stall"):
            self.server.closing.wait()

    def log_message(self, *_):
        pass
