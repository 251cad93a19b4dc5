"""What the page "Train" computes, draws and writes as a script."""
