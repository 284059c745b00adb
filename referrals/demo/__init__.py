"""A plainly fictional world to try the product in: its people, and cases taken through real steps."""

from .cast import SIGN_INS, SignIn

__all__ = ["SIGN_INS", "SignIn"]
