"""``python -m gxview`` is the same program as ``gxview``."""

from gxview.cli import main

if __name__ == "__main__":
    main()
