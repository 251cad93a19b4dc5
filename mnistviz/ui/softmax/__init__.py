"""The page "Softmax": what is in sight, and what opens below it."""
