"""Moves things: cases, steps, clocks, deadlines, policy and desks.

A library without views, mail or personal data. It knows no package of this
project; ``referrals`` derives its records from :class:`workflows.models.Case`.
"""
