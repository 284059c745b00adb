"""Puts the packages together: settings, addresses, the task queue and the local servers.

Nothing imports this package, and importing it needs nothing installed: the
bootstrap in :mod:`config.local` runs before any package is there.
"""
