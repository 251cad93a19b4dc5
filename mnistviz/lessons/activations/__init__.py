"""What the page "Activation functions" computes, draws and writes as a script."""
