"""Who is asking, what they may do, whom they may see, and what is kept on record."""

from asterism.server.auth.audit import Act, record
from asterism.server.auth.keys import add_key, list_keys, revoke_key
from asterism.server.auth.roles import Permission, Role
from asterism.server.auth.scope import Scope
from asterism.server.auth.users import (
    User,
    add_user,
    disable_user,
    enable_user,
    get_user,
    list_users,
    set_password,
)

__all__ = [
    "Act",
    "Permission",
    "Role",
    "Scope",
    "User",
    "add_key",
    "add_user",
    "disable_user",
    "enable_user",
    "get_user",
    "list_keys",
    "list_users",
    "record",
    "revoke_key",
    "set_password",
]
