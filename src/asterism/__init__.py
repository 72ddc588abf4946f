"""Asterism: the open customer-operations platform of a retail bank.

One closed loop: insight → strategy → execution → review → experience.
"""

__version__ = "0.1.0"
