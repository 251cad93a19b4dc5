"""The page "The clinic": its stage, and the expanders below it."""
