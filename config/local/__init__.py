"""One machine, nothing installed: packages, PostgreSQL, Valkey and the demo.

Modules that run before the packages are there use the standard library alone:
``interpreter``, ``trouble``, ``places``, ``packages``, ``bootstrap``, ``browser``
and ``commands``.
"""
