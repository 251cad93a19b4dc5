"""What `from mnistviz import …` gives to a notebook or a program of one's own."""
