"""What people have loaded, once per server: equal parameters are kept once, whoever brings them."""

import threading

from mnistviz.network.files.loading import LoadedNetwork
from mnistviz.network.parameters import Parameters

STORE_BYTES = 256_000_000
"""What all loaded parameters of a server may take together."""


class LoadedStore:
    """Loaded parameters by their digest, bounded by the memory that they take.

    Where it is full, those go first that nobody has asked for for the longest time.
    """

    def __init__(self, limit: int = STORE_BYTES) -> None:
        """Begin empty.

        Args:
            limit: bytes that all parameters may take together.
        """
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: dict[str, Parameters] = {}

    def put(self, network: LoadedNetwork) -> str:
        """Keep the parameters of a network, and return their digest."""
        digest = network.digest
        with self._lock:
            # What is there already stays the one that all share.
            self._kept[digest] = self._kept.pop(digest, network.layers)
            while len(self._kept) > 1 and self._bytes() > self._limit:
                # First in the order: it was not asked for for the longest time.
                del self._kept[next(iter(self._kept))]
        return digest

    def get(self, digest: str) -> Parameters | None:
        """Return the parameters of a digest, shared and read-only; None if they are not here."""
        with self._lock:
            layers = self._kept.pop(digest, None)
            if layers is not None:
                self._kept[digest] = layers
            return layers

    @property
    def size(self) -> int:
        """Bytes that all parameters take."""
        with self._lock:
            return self._bytes()

    def _bytes(self) -> int:
        return sum(
            tensor.nbytes
            for layers in self._kept.values()
            for layer in layers
            for tensor in (layer.weight, layer.bias)
        )
