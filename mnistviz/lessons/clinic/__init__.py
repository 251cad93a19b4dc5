"""What the page "The clinic" computes, draws and writes as a script."""
