"""The scripts of the lesson pages, one module each."""
