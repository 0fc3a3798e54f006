"""A package index on this machine that serves one toy wheel, and breaks off or waits in the middle."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILE = "toy_asset-1.0-py3-none-any.whl"


class SlowServer:
    """Serves `content` as toy-asset 1.0.

    Args:
        content: the wheel.
        stop_after: bytes after which the connection is closed; None sends all.
        wait_after: bytes after which the server waits for `go_on`; None does not wait.

    Attributes:
        index: the address for `PIP_INDEX_URL`.
        waiting: an event that is set when a client has been left waiting.
    """

    def __init__(self, content: bytes, stop_after: int | None = None, wait_after: int | None = None) -> None:
        self.content, self.stop_after, self.wait_after = content, stop_after, wait_after
        self.waiting, self.go_on = threading.Event(), threading.Event()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.index = f"http://127.0.0.1:{self.server.server_port}/simple"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> "SlowServer":
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request: the page of links, or the wheel."""
        is_file = request.path.endswith(".whl")
        body = self.content if is_file else f'<a href="/{FILE}">{FILE}</a>'.encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/octet-stream" if is_file else "text/html")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        try:
            if is_file and self.wait_after is not None:
                request.wfile.write(body[: self.wait_after])
                request.wfile.flush()
                self.waiting.set()
                self.go_on.wait(60)
                return
            request.wfile.write(body[: self.stop_after] if is_file else body)
        except OSError:  # the client is gone
            pass
