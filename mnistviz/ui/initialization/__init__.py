"""The page "Initialization": what is in sight, and what opens below it."""
