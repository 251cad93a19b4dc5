"""The two lines by which a person turns a file of another kind into one that can be read here."""

from mnistviz.words import say

_LINES = {
    "model": (
        'model = torch.load("mine.pt", weights_only=False)\n'
        'torch.save(model.state_dict(), "weights.pt")'
    ),
    "torch_script": (
        'model = torch.jit.load("mine.pt", map_location="cpu")\n'
        'torch.save(model.state_dict(), "weights.pt")'
    ),
    "protocol": (
        'weights = torch.load("mine.pt", weights_only=False)\ntorch.save(weights, "weights.pt")'
    ),
    "pickle": ('weights = pickle.load(open("mine.pkl", "rb"))\ntorch.save(weights, "weights.pt")'),
    "numpy": ('weights = np.load("mine.npy")\ntorch.save(torch.from_numpy(weights), "weights.pt")'),
    "keras": (
        'model = keras.models.load_model("mine.keras")  # or "mine.h5"\n'
        'np.savez("weights.npz", *model.get_weights())'
    ),
    "onnx": (
        "to_array, graph = onnx.numpy_helper.to_array, onnx.load('mine.onnx').graph\n"
        'np.savez("weights.npz", **{t.name: to_array(t) for t in graph.initializer})'
    ),
}
"""The code for each kind; every name that it needs is the library's usual one."""


def lines(kind: str) -> str:
    """Return the code for a kind of file.

    Args:
        kind: a key of the table above.
    """
    return _LINES[kind]


def advice(kind: str) -> str:
    """Say how to convert a file of a kind on one's own computer."""
    return say("errors/weights", "convert", code=_LINES[kind])
