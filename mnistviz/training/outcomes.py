"""The latest trainings on sets of one's own: their epochs, and predictions before and after."""

from dataclasses import dataclass

from mnistviz.digits import mnist
from mnistviz.digits.own_set import OwnSet
from mnistviz.network.bounded import BoundedStore
from mnistviz.network.parameters import Parameters
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import pool
from mnistviz.training.evaluation import Results, evaluate
from mnistviz.training.fine_tuning import Epoch, Settings, train_on

Key = tuple[NetworkSpec, OwnSet, Settings]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The record of a training, and the predictions before and after it. Read-only: it is shared.

    Attributes:
        records: one for the start, and one for each epoch.
        before: what the network answered to the whole set.
        after: what it answers now; None where its weights are no numbers any more.
    """

    records: tuple[Epoch, ...]
    before: Results
    after: Results | None


def learn(key: Key, layers: Parameters, sample: mnist.Examples) -> Outcome:
    """Train on a set of one's own, and tell the epoch to whoever waits for that.

    Args:
        key: the network, the set, and how.
        layers: the parameters to begin with.
        sample: the bundled digits.
    """
    spec, own, settings = key
    records: list[Epoch] = []
    for record in train_on(spec, layers, own, settings, sample):
        records.append(record)
        pool.tell(record.epoch)
    before, last = evaluate(spec, layers, own.inputs, own.labels), records[-1].layers
    after = None if last is None else evaluate(spec, last, own.inputs, own.labels)
    return Outcome(tuple(records), before, after)


class Outcomes(BoundedStore[Key, Outcome]):
    """The last trainings of a server, bounded by the memory of their weights and digits."""

    def __init__(self, limit: int) -> None:
        """Begin without any.

        Args:
            limit: bytes that all of them may take together.
        """
        super().__init__(limit, _size)


def _size(key: Key, _: Outcome) -> int:
    # The weights before and after, in float32, and the pictures.
    spec, own, _settings = key
    return 8 * spec.parameter_count + own.pixels.nbytes
