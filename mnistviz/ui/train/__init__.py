"""The page "Train": what is in sight, and what opens below it."""
