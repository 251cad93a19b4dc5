"""The clinic's operations on parameters: each returns new ones and leaves the old as they are."""

import math

import torch

from mnistviz.network.parameters import Layer, Parameters


def zero_biases(layers: Parameters) -> Parameters:
    """Put all biases to 0."""
    return tuple(Layer(layer.name, layer.weight, torch.zeros_like(layer.bias)) for layer in layers)


def noisy(layers: Parameters, strength: float, seed: int) -> Parameters:
    """Add normal noise to every weight; biases stay.

    Args:
        layers: the parameters.
        strength: the noise's standard deviation, in standard deviations of each layer's weights.
        seed: of the noise.
    """
    generator = torch.Generator().manual_seed(seed)
    changed = []
    for layer in layers:
        spread = strength * layer.weight.std(correction=0)
        added = spread * torch.randn(layer.weight.shape, generator=generator)
        changed.append(Layer(layer.name, layer.weight + added, layer.bias))
    return tuple(changed)


def zero_layer(layers: Parameters, number: int) -> Parameters:
    """Put weights and biases of one layer to 0.

    Args:
        layers: the parameters.
        number: of the layer, from 1.
    """
    return tuple(
        Layer(layer.name, torch.zeros_like(layer.weight), torch.zeros_like(layer.bias))
        if place == number
        else layer
        for place, layer in enumerate(layers, start=1)
    )


def off_count(units: int, share: float) -> int:
    """Return a share of some units as a number of units: rounded up, and at least one."""
    return max(1, math.ceil(share * units))


def units_off(layers: Parameters, number: int, share: float, seed: int) -> Parameters:
    """Switch units of a hidden layer off, so that they add nothing to the next layer.

    Their own weights and biases become 0, and so do the next layer's weights from them: a sigmoid
    of 0 is not 0.

    Args:
        layers: the parameters.
        number: of the hidden layer, from 1; the last layer and those beyond have no such units.
        share: of its units, 0 to 1; at least one.
        seed: of the order in which they go.
    """
    if number >= len(layers):
        return layers
    units = len(layers[number - 1].bias)
    generator = torch.Generator().manual_seed(seed)
    off = torch.randperm(units, generator=generator)[: off_count(units, share)]
    own, after = layers[number - 1], layers[number]
    return (
        *layers[: number - 1],
        Layer(own.name, own.weight.index_fill(0, off, 0), own.bias.index_fill(0, off, 0)),
        Layer(after.name, after.weight.index_fill(1, off, 0), after.bias),
        *layers[number + 1 :],
    )


def rounded(layers: Parameters, bits: int) -> Parameters:
    """Round the weights of each layer to as many values as some bits can tell apart.

    The values lie evenly from -a to a, a being the layer's largest weight: 2^bits - 1 of them, 0
    among them. Biases stay. Source: Jacob et al., "Quantization and Training of Neural Networks"
    (2018), with the zero point at 0.

    Args:
        layers: the parameters.
        bits: 2 or more.
    """
    most = 2 ** (bits - 1) - 1
    changed = []
    for layer in layers:
        step = layer.weight.abs().max() / most
        # Weights that are all 0 have no step, and need none.
        step = torch.where(step > 0, step, 1.0)
        changed.append(Layer(layer.name, (layer.weight / step).round() * step, layer.bias))
    return tuple(changed)
