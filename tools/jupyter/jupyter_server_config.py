"""What `make lab` changes in JupyterLab: widgets follow a slider more closely, and no pop-up asks about news.

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
c.LabApp.news_url = None  # no pop-up that asks a learner about news, and no question to the network about updates
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
