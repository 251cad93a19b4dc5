"""The four ways to write one network: the same parameters, the same probabilities.

Each module has `build(spec, layers)`, which gives a function from inputs, float32 of shape
(B, 784), to probabilities, float32 of shape (B, 10).
"""
