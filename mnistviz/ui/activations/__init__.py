"""The page "Activation functions": its stage, and the expanders below it."""
