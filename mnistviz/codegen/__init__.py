"""The PyTorch code that people take home: its parts, for every script of the pages."""
