"""What the page "A network by hand" computes, draws and writes as a script."""
