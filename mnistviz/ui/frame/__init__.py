"""The frame of every page: main script, sidebar, notices, headers, warm-up."""
