"""What tools/lab.py changes in JupyterLab: widgets follow a slider closely, and leave a picture when they are gone.

labconfig/page_config.json beside this file also turns off the announcements, so that no pop-up asks about news.

jupyter_server leaves Nagle's algorithm on for the websocket to the kernel: a small message waits until the one before
it is acknowledged, up to 40 ms on Linux. Measured with benchmarks/widget_latency.py, a slider dragged without a pause:
a new picture every 40 ms with this file, every 56 ms without.
"""

import psutil
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Sends each message at once (TCP_NODELAY)."""

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class LivingWidgets(AsyncLargeFileManager):
    """Opens a notebook without a kernel that knows its widgets with the pictures that stand for them.

    JupyterLab would show "model not found" over them, as it prefers a widget even where no kernel knows it any more. A
    kernel that was started after the notebook was saved knows none of the widgets in it.
    """

    async def get(self, path, *args, **kwargs):
        model = await super().get(path, *args, **kwargs)
        if model["type"] == "notebook" and model["content"] and not await self.known(path, model["last_modified"]):
            outputs = (output for cell in model["content"]["cells"] for output in cell.get("outputs", ()))
            for data in (output.get("data", {}) for output in outputs):
                if "image/png" in data or "text/html" in data:
                    data.pop("application/vnd.jupyter.widget-view+json", None)
        return model

    async def known(self, path, saved):
        """Whether a kernel of this notebook runs that was started before it was saved."""
        sessions = await self.parent.session_manager.list_sessions()
        kernels = [s["kernel"]["id"] for s in sessions if s["path"] == path.strip("/")]
        processes = [self.parent.kernel_manager.get_kernel(one).provisioner.pid for one in kernels]
        return any(psutil.Process(pid).create_time() < saved.timestamp() for pid in processes if psutil.pid_exists(pid))


c = get_config()  # noqa: F821  (Jupyter defines it)
c.ServerApp.kernel_websocket_connection_class = PromptConnection
c.ServerApp.contents_manager_class = LivingWidgets
