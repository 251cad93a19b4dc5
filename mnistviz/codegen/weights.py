"""The lines by which one saves a network so that the app can load it."""

from mnistviz.codegen.parts import complete

PT_FILE = "my_weights.pt"
SAFETENSORS_FILE = "my_weights.safetensors"


def saving() -> str:
    """Write the lines that save a `model` of one's own, in either kind of file."""
    lines = [
        "# The names, the shapes and the numbers of the model: its state_dict.",
        f'torch.save(model.state_dict(), "{PT_FILE}")',
        "",
        "# Or as safetensors, which can hold nothing else.",
        f'save_file(model.state_dict(), "{SAFETENSORS_FILE}")',
    ]
    return complete([], lines).strip()
