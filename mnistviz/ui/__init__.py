"""What meets Streamlit: the frame around the pages, the widgets, the caches, the components."""
