"""What the page "Initialization" computes, draws and writes as a script."""
