"""Figures and pictures: pure functions from arrays and small records to what is shown."""
