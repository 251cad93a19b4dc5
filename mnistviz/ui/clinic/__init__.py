"""The page "The clinic": what is in sight, and what opens below it."""
