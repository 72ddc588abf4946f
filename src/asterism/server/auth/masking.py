"""What identifies a person is shown in part until someone gives a reason to see it."""


def masked_name(name: str | None) -> str:
    """Return the family name, or initials, and stars.

    >>> masked_name("王小明"), masked_name("Ana García")
    ('王**', 'A** G*****')
    """
    if not name:
        return ""
    if name.isascii() or " " in name:
        return " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split())
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked_number(number: str | None) -> str:
    """Return the first three and last four digits of a mobile or card number.

    >>> masked_number("13812341234"), masked_number("123")
    ('138****1234', '***')
    """
    if not number:
        return ""
    if len(number) <= 7:  # noqa: PLR2004 - three and four that would be shown
        return "*" * len(number)
    return f"{number[:3]}****{number[-4:]}"


def masked_mail(address: str | None) -> str:
    """Return the first letter and the domain of an e-mail address.

    >>> masked_mail("lan@bank.example")
    'l***@bank.example'
    """
    if not address or "@" not in address:
        return "***" if address else ""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
