"""Settings of the Jupyter server under `make lab`, which finds this folder through JUPYTER_CONFIG_PATH.

The operating system collects small messages before it sends them (Nagle's algorithm). In the traffic between a kernel
and the page that adds up to 40 ms to a widget's answer, while a slider moves: 17 pictures a second instead of 25.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Sends every message to the page at once."""

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c = get_config()  # noqa: F821 (Jupyter defines it)
c.ServerApp.kernel_websocket_connection_class = PromptConnection
