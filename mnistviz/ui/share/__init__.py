"""What a person hands on of a page: its link, a lesson made of it, and ready classes."""
