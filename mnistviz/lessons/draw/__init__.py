"""What the page "Draw" computes, draws and writes as a script."""
