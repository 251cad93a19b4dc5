"""`python -m mnistviz`: the command `mnistviz`."""

from mnistviz.ui.command import main

if __name__ == "__main__":
    main()
