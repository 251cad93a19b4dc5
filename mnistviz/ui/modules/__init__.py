"""The page "Four ways to write it": what is in sight, and what opens below it."""
