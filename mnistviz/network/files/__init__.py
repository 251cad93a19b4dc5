"""Files of weights: read within limits, refused in a sentence, kept, written."""
