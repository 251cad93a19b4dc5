"""What the page "Inside the network" computes, draws and writes as a script."""
