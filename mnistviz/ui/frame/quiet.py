"""What Streamlit would ask others for while it serves, and does not."""

from streamlit import net_util


def ask_nobody() -> None:
    """Have Streamlit ask no service for the address of this machine.

    A request of another site's page makes it ask, to know whether that page is its own, and
    everybody waits until the service answers or has not answered for two seconds. A site that
    serves the app under a name of its own is let in by `server.corsAllowedOrigins`.
    """
    net_util.get_external_ip = _unknown


def _unknown() -> None:
    return None
