"""What the page "Digits" computes, draws and writes as a script."""
