#!/usr/bin/env python3
"""Every command of the project. ``demo`` and ``test`` need nothing but Python."""

from config.local import interpreter

if __name__ == "__main__":
    interpreter.require()

    from config.local import commands

    commands.main()
