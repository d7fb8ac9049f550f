"""What tools/lab.py changes in JupyterLab: widgets follow a slider closely, and leave a picture when they are gone.

labconfig/page_config.json beside this file also turns off the announcements, so that no pop-up asks about news.

jupyter_server leaves Nagle's algorithm on for the websocket to the kernel: a small message waits until the one before
it is acknowledged, up to 40 ms on Linux. Measured with benchmarks/widget_latency.py, a slider dragged without a pause:
a new picture every 40 ms with this file, every 56 ms without.
"""

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

VIEW = "application/vnd.jupyter.widget-view+json"


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Sends each message at once (TCP_NODELAY)."""

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class LivingWidgets(AsyncLargeFileManager):
    """Opens a notebook with the pictures that stand for those of its widgets that no kernel knows any more.

    JupyterLab would show "model not found" over them, as it prefers a widget to a picture in any case.
    """

    async def get(self, path, *args, **kwargs):
        model = await super().get(path, *args, **kwargs)
        if model["type"] == "notebook" and model["content"]:
            outputs = [output for cell in model["content"]["cells"] for output in cell.get("outputs", ())]
            shown = [data for output in outputs if VIEW in (data := output.get("data", {}))]
            if shown and (known := await self.known(path)) is not None:
                for data in shown:
                    if data[VIEW].get("model_id") not in known and ("image/png" in data or "text/html" in data):
                        del data[VIEW]
        return model

    async def known(self, path):
        """The ids of the widgets that the kernel of this notebook knows; None if it is too busy to say."""
        known = set()
        for session in await self.parent.session_manager.list_sessions():
            if session["path"] == path.strip("/"):
                client = self.parent.kernel_manager.get_kernel(session["kernel"]["id"]).client()
                client.start_channels()
                try:
                    reply = await client.comm_info("jupyter.widget", reply=True, timeout=3)
                except TimeoutError:
                    return None
                finally:
                    client.stop_channels()
                known |= reply["content"]["comms"].keys()
        return known


c = get_config()  # noqa: F821  (Jupyter defines it)
c.ServerApp.kernel_websocket_connection_class = PromptConnection
c.ServerApp.contents_manager_class = LivingWidgets
