"""The page "Four ways to write it": its stage, and the expanders below it."""
