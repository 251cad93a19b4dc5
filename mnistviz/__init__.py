"""mnistviz: see how a neural network classifies a handwritten digit, with real PyTorch."""

__version__ = "0.1.0"
