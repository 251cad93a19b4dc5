"""The page "Inside the network": what is in sight, and what opens below it."""
