"""The page "Classify": its stage, and the expanders below it."""
