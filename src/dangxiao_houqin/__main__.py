"""``python -m dangxiao_houqin``: the command line, which without a subcommand opens the window."""

from dangxiao_houqin.app.cli import main

if __name__ == "__main__":
    main()
