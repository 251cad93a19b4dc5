"""What is wrong with a page on a screen, measured in the browser: for the eye, the hand, the ear.

The tests use it, and `python -m tests.browser.audit URL` prints the faults of a running server.
"""
