"""The network: parameters, activations, the four styles, the forward pass, weight files."""
