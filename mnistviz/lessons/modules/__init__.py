"""What the page "Four ways to write it" computes, draws and writes as a script."""
