"""What the page "Softmax" computes, draws and writes as a script."""
