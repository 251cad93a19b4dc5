"""The activations of a network: one for all hidden layers, or one for each. Standard library only.

One name alone is the activation of all. Where fewer are named than there are hidden layers, the
last one goes on to the deeper layers; names beyond the layers have no effect.
"""

from mnistviz.spec.fields import FIELDS, Activation

Activations = Activation | tuple[Activation, ...]
"""One for all hidden layers; or, where they differ, one for each."""


def for_layers(activations: Activations, layers: int) -> tuple[Activation, ...]:
    """Return the activation of each of so many hidden layers.

    Args:
        activations: one for all, or at least one.
        layers: how many, 0 or more.
    """
    named = (activations,) if isinstance(activations, Activation) else activations
    return (*named, *[named[-1]] * (layers - len(named)))[:layers]


def settled(value: object, layers: int) -> Activations:
    """Check activations, and bring them into the one form that a spec of so many layers has.

    Args:
        value: as a link writes them, `relu` or `relu,tanh`; or a list of names.
        layers: hidden layers of the spec.

    Raises:
        SpecError: that is not possible.
    """
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else value
    named = tuple(Activation(name) for name in str(FIELDS["activation"].check(text)).split(","))
    each = for_layers(named, max(layers, 1))
    return each[0] if len(set(each)) == 1 else each


def written(activations: Activations) -> str:
    """Write activations as a link has them: `relu`, or `relu,tanh`."""
    named = (activations,) if isinstance(activations, Activation) else activations
    return str(FIELDS["activation"].check(",".join(named)))


def listed(activations: Activations) -> str:
    """Write activations for a person: `relu`; or `relu, tanh`, from the first hidden layer on."""
    return ", ".join([activations] if isinstance(activations, Activation) else activations)


def cut(text: str, layers: int) -> str:
    """Bring the activations of a link to so many hidden layers: one name, or one for each.

    Args:
        text: as a link has them, without an error.
        layers: hidden layers; without one, the first activation stays.
    """
    return written(settled(text, layers))
