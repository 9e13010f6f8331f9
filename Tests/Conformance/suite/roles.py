"""Who may call what, as the options in services.proto say. Which caller a case speaks as is chosen here."""

from __future__ import annotations

import enum
import importlib
from collections.abc import Iterable

from google.protobuf import descriptor_pool

from .protocol import METHODS, SERVICES


class Role(enum.Enum):
    """By the names that people write."""

    SERVICE = "service"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    MONITOR = "monitor"


def _declared() -> dict[str, frozenset[Role]]:
    """By the methods' short names."""
    options = importlib.import_module("rekey.v1.options_pb2")
    reflection = importlib.import_module("rekey.v1.reflection_pb2")
    pool = descriptor_pool.Default()
    return {
        method.name: frozenset(
            Role(reflection.Role.Name(number).removeprefix("ROLE_").lower())
            for number in method.GetOptions().Extensions[options.roles])
        for service in SERVICES
        for method in pool.FindServiceByName(service).methods
    }


ROLES = _declared()
_BY_FULL_NAME = {METHODS[short].name: roles for short, roles in ROLES.items()}


def may(role: Role, method: str) -> bool:
    """`method`: its short name or its full one. What there is not, anybody may try."""
    return role in (ROLES.get(method) or _BY_FULL_NAME.get(method) or frozenset(Role))


def able(methods: Iterable[str], among: Iterable[Role] = Role) -> list[Role]:
    """The roles that may call all of these."""
    wanted = list(methods)
    return [role for role in among if all(may(role, method) for method in wanted)]
