"""What the page "Classify" computes, draws and writes as a script."""
