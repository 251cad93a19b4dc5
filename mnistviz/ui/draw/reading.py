"""What PyTorch says of digits that a person has brought."""

import numpy as np
import numpy.typing as npt
import torch

from mnistviz.network import styles
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.session import cached


def probabilities(spec: NetworkSpec, inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Classify prepared digits with the network written in the spec's style.

    Args:
        spec: the network.
        inputs: float32 of shape (N, 784).

    Returns:
        float32 of shape (N, 10).
    """
    built = styles.build(spec, cached.parameters(spec))
    return styles.probabilities(built, torch.from_numpy(inputs)).numpy()
