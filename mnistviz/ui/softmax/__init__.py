"""The page "Softmax": its stage, and the expanders below it."""
