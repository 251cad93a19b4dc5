"""The page "Activation functions": what is in sight, and what opens below it."""
