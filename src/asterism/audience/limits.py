"""How large an audience may be. Generous for people, closed for bombs."""

#: Characters of one expression.
MAX_TEXT = 10_000
#: Parentheses and NOTs inside one another.
MAX_NESTING = 16
#: Conditions of one expression, without what its segments hold.
MAX_CONDITIONS = 500
#: Values in one IN list.
MAX_LIST = 1_000
#: Segments inside one another.
MAX_SEGMENT_DEPTH = 8
#: Conditions with everything that the segments hold written out.
MAX_EXPANDED_CONDITIONS = 5_000
#: Nesting with everything that the segments hold written out.
MAX_EXPANDED_NESTING = 48
