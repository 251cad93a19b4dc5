"""A server's store of loaded networks: equal parameters are stored once, whoever brings them."""

from mnistviz.limits import LARGEST
from mnistviz.network.bounded import BoundedStore
from mnistviz.network.files.loading import LoadedNetwork
from mnistviz.network.parameters import Parameters


class LoadedStore:
    """Loaded parameters by their digest, bounded by the memory that they take."""

    def __init__(self, limit: int = LARGEST) -> None:
        """Begin empty.

        Args:
            limit: bytes that all parameters may take together.
        """
        self._parameters = BoundedStore[str, Parameters](limit, _size)

    def put(self, network: LoadedNetwork) -> str:
        """Store the parameters of a network, and return their digest."""
        digest = network.digest
        # What is there already stays the one that all share.
        self._parameters.setdefault(digest, network.layers)
        return digest

    def get(self, digest: str) -> Parameters | None:
        """Return the parameters of a digest, shared and read-only; None if they are not here."""
        return self._parameters.get(digest)

    @property
    def size(self) -> int:
        """Bytes that all parameters take."""
        return self._parameters.size


def _size(_: str, layers: Parameters) -> int:
    return sum(tensor.nbytes for layer in layers for tensor in (layer.weight, layer.bias))
