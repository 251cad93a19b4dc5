"""How good the trained network is, on the page Train."""
