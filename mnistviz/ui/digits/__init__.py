"""The page "Digits": its stage, and the expanders below it."""
