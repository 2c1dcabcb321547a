"""Entry point of the frozen program."""

from __future__ import annotations

import multiprocessing

from dangxiao_houqin.app.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a worker of the bed engine is this same program, started again
    main()
