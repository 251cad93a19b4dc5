"""The page "Draw": what is in sight, and what opens below it."""
