"""Who is asking, what they may do, whom they may see, and what is kept on record."""

from asterism.server.auth.audit import Act, record
from asterism.server.auth.keys import add_key
from asterism.server.auth.roles import Permission, Role
from asterism.server.auth.scope import Scope
from asterism.server.auth.users import User, add_user, disable_user, get_user, list_users

__all__ = [
    "Act",
    "Permission",
    "Role",
    "Scope",
    "User",
    "add_key",
    "add_user",
    "disable_user",
    "get_user",
    "list_users",
    "record",
]
