"""How much of a hostile file is read before it is refused."""

#: Columns of a file.
MOST_COLUMNS = 2_000
#: Characters of a line of text, its quoted line breaks included.
LONGEST_LINE = 1 << 20
#: Bytes that one packed file may unpack to, and how many times its own size.
MOST_UNPACKED = 64 << 30
GREATEST_RATIO = 200
#: Below this size a great ratio is harmless.
HARMLESS = 16 << 20
#: Members of an archive.
MOST_MEMBERS = 1_000
#: Bytes that an Excel file may unpack to, and any part of it that must be held in memory.
MOST_EXCEL = 1 << 30
MOST_EXCEL_IN_MEMORY = 96 << 20
#: Share of a file's characters that may be undecodable before its encoding must be another one.
UNDECODABLE_SHARE = 0.01
