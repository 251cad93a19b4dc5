"""The operations on pictures as the clinic's script writes them: with torchvision.

The app itself computes the same, bit for bit, without it (`pictures.py`); the tests run both.
"""

from collections.abc import Mapping
from types import MappingProxyType

_SHIFT = '''
def shift(pixels, right, down):
    """Move each picture by whole pixels."""
    return vision.affine(
        pixels, angle=0.0, translate=[right, down], scale=1.0, shear=[0.0, 0.0], fill=0
    )
'''

_ROTATE = '''
def rotate(pixels, degrees):
    """Turn each picture about its middle, counterclockwise, with bilinear interpolation."""
    turned = vision.rotate(
        pixels, degrees, interpolation=InterpolationMode.BILINEAR, fill=0
    )
    # A quarter turn leaves the numbers where they are in memory; view needs them in order.
    return turned.contiguous()
'''

_SCALE = '''
def scale(pixels, factor):
    """Make each picture larger or smaller about its middle, with bilinear interpolation."""
    return vision.affine(
        pixels,
        angle=0.0,
        translate=[0, 0],
        scale=factor,
        shear=[0.0, 0.0],
        interpolation=InterpolationMode.BILINEAR,
        fill=0,
    )
'''

_BLUR = '''
def blur(pixels, sigma):
    """Blur each picture with a Gaussian bell that is cut off at three standard deviations."""
    if sigma == 0:
        return pixels
    size = 2 * math.ceil(3 * sigma) + 1
    return vision.gaussian_blur(pixels, [size, size], [sigma, sigma])
'''

_NOISE = '''
def noise(pixels, share, seed):
    """Add normal noise to each pixel, and keep what comes out between black and white."""
    generator = torch.Generator().manual_seed(seed)
    added = 255 * share * torch.randn(pixels.shape, generator=generator)
    return (pixels + added).round().clamp(0, 255).to(torch.uint8)
'''

_INVERT = '''
def invert(pixels):
    """Swap black and white: p becomes 255 - p."""
    return vision.invert(pixels)
'''

_COVER = '''
def cover(pixels, row, column, side):
    """Lay a black square over each picture."""
    return vision.erase(
        pixels, row, column, side, side, torch.zeros(1, 1, 1, dtype=torch.uint8)
    )
'''

LINES: Mapping[str, str] = MappingProxyType(
    {
        "shift": _SHIFT,
        "rotate": _ROTATE,
        "scale": _SCALE,
        "blur": _BLUR,
        "noise": _NOISE,
        "invert": _INVERT,
        "cover": _COVER,
    }
)
"""Each function, by the name that it has in `pictures.py` too."""
