"""The page "A network by hand": its stage, and the expanders below it."""
