"""Keys for what could harm a person: each worker and each organization has one, and it can be destroyed.

What is stored is encrypted under a data key (``cipher``). Data keys are stored wrapped, and nobody can unwrap
them from the database alone (``keepers``). ``ring`` holds those that a page needs, as long as the page does.
"""
