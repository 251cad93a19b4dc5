"""The page "Digits": what is in sight, and what opens below it."""
