"""What `make lab` changes in JupyterLab: widgets follow a slider more closely.

labconfig/page_config.json beside this file also turns off the announcements, so that no pop-up asks about news.

jupyter_server leaves Nagle's algorithm on for the websocket to the kernel: a small message waits until the one before
it is acknowledged, up to 40 ms on Linux. Measured with benchmarks/widget_latency.py, a slider dragged without a pause:
a new picture every 40 ms with this file, every 56 ms without.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Sends each message at once (TCP_NODELAY)."""

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c = get_config()  # noqa: F821  (Jupyter defines it)
c.ServerApp.kernel_websocket_connection_class = PromptConnection
