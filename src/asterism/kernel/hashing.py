"""Explicit hashes, the same on every engine and in live decisions.

MD5 is used as a spreading function that DuckDB, Spark and Python all compute alike, not for
security. Hexadecimal digests are compared as text, which orders like the numbers they stand for.
"""

import hashlib

BUCKETS = 16
_DIGITS = 8


def digest(text: str) -> str:
    """Return the MD5 of UTF-8 `text` as 32 hexadecimal digits."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def bucket_of(customer_id: str) -> int:
    """Return the customer's bucket, 0 to 15: the first hexadecimal digit of the id's MD5.

    >>> bucket_of("C000001") in range(BUCKETS)
    True
    """
    return int(digest(customer_id)[0], 16)


def draw(salt: str, customer_id: str) -> str:
    """Return eight hexadecimal digits, uniform over customers and independent between salts."""
    return digest(f"{salt}:{customer_id}")[:_DIGITS]


def threshold(share: float) -> str:
    """Return the text below which a share of all draws fall, to compare with `draw`.

    >>> threshold(0.5)
    '80000000'
    >>> threshold(0.0), threshold(1.0)
    ('00000000', 'g')
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    if share == 1.0:
        return "g"
    return f"{int(share * 16**_DIGITS):08x}"


def in_share(salt: str, customer_id: str, share: float) -> bool:
    """Tell whether the customer falls into the `share` that `salt` draws."""
    return draw(salt, customer_id) < threshold(share)
