"""Tells people that something happened: an outbox, a relay, channels, and a ledger of every attempt.

A library. It knows recipients, opaque references and text that others wrote; it knows no case, no worker and
no employer. What leaves the system (e-mail) says only that there is news.
"""
