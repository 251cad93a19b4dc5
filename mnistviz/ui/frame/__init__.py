"""What stands around every page: main script, sidebar, notices, headers, warm-up."""
