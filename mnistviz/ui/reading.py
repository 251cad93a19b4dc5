"""What PyTorch says of digits that a person has brought."""

import numpy as np
import numpy.typing as npt
import torch

from mnistviz import network
from mnistviz.spec import NetworkSpec
from mnistviz.ui import cached


def probabilities(spec: NetworkSpec, inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Classify prepared digits with the network written in the spec's style.

    Args:
        spec: the network.
        inputs: float32 of shape (N, 784).

    Returns:
        float32 of shape (N, 10).
    """
    built = network.build(spec, cached.parameters(spec))
    return network.probabilities(built, torch.from_numpy(inputs)).numpy()
