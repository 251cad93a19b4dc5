"""The settings of a link: read out of its query, with what is not possible named."""

from collections.abc import Mapping

from mnistviz.spec.activations import cut
from mnistviz.spec.fields import (
    FIELDS,
    SpecError,
    Value,
    defaults,
)
from mnistviz.spec.specs import check_place


def read_link(query: Mapping[str, str]) -> tuple[dict[str, Value], tuple[SpecError, ...]]:
    """Read the settings out of the query of a link.

    Args:
        query: the keys and texts of the URL; keys that are no settings are passed over.

    Returns:
        The settings, complete, with the default in the place of a missing or a bad value, and
        without activations of layers that are not there; and one error for each bad value, in the
        order of `FIELDS`.
    """
    settings = defaults()
    errors: list[SpecError] = []
    for key, field in FIELDS.items():
        if key not in query:
            continue
        try:
            settings[key] = field.parse(query[key])
        except SpecError as error:
            errors.append(error)
    for _ in ("batch", "image"):
        try:
            check_place(
                str(settings["data"]),
                int(settings["batch"]),
                int(settings["image"]),
                str(settings["split"]),
            )
        except SpecError as error:
            settings[error.field] = FIELDS[error.field].default
            errors.append(SpecError(error.field, query[error.field], error.allowed))
    settings["activation"] = cut(str(settings["activation"]), int(settings["layers"]))
    places = list(FIELDS)
    return settings, tuple(sorted(errors, key=lambda error: places.index(error.field)))
