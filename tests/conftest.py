"""What all tests have in common."""

import torch

# As the app does it: networks this small are fastest on one thread, and many threads that wait for
# each other make the tests slow where something else runs too.
torch.set_num_threads(1)
