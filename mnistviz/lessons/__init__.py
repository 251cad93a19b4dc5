"""What the pages compute, draw and write as scripts: a folder for each page."""
