"""The page "Initialization": its stage, and the expanders below it."""
