"""The page "Classify": what is in sight, and what opens below it."""
