"""The page "A network by hand": what is in sight, and what opens below it."""
