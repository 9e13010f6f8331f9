"""Whether what Describe tells is what Proto/rekey/v1 says: the same messages, field by field, and the same
methods with their roles and what may be repeated.
"""

from __future__ import annotations

import importlib
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool

from .failure import Failure
from .protocol import SERVICES

_FREELY, _WITH_KEY, _NEVER = 1, 2, 3


def compare(descriptor_set: bytes, methods: Any) -> None:
    """Raises Failure with the first difference."""
    told = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set)
    files = {file.name: file for file in told.file}
    _complete(files)
    for service in SERVICES:
        _compare_file(descriptor_pool.Default().FindServiceByName(service).file, files)
    expected = [_method(method) for service in SERVICES for method in _methods_of(service)]
    actual = [(method.name, tuple(method.roles), method.repeat) for method in methods]
    if actual != expected:
        raise Failure(f"methods: {actual}, services.proto has {expected}")


def _complete(files: dict[str, Any]) -> None:
    for file in files.values():
        missing = [name for name in file.dependency if name not in files]
        if missing:
            raise Failure(f"{file.name} imports {missing}, which the set lacks")


def _compare_file(ours: Any, files: dict[str, Any]) -> None:
    """This file and all that it imports but Google's own."""
    if ours.name.startswith("google/"):
        return
    if ours.name not in files:
        raise Failure(f"the set has no {ours.name}")
    wanted = descriptor_pb2.FileDescriptorProto()
    ours.CopyToProto(wanted)
    if _bare(files[ours.name]) != _bare(wanted):
        raise Failure(f"{ours.name} is another one than in Proto/")
    for imported in ours.dependencies:
        _compare_file(imported, files)


def _bare(file: Any) -> bytes:
    """Without what a compiler may add: JSON names and places in the source."""
    copy = descriptor_pb2.FileDescriptorProto()
    copy.CopyFrom(file)
    copy.ClearField("source_code_info")
    fields = [field for message in copy.message_type for field in message.field]
    for field in [*fields, *copy.extension]:
        field.ClearField("json_name")
    return copy.SerializeToString(deterministic=True)


def _methods_of(service: str) -> Any:
    return descriptor_pool.Default().FindServiceByName(service).methods


def _method(method: Any) -> tuple[str, tuple[int, ...], int]:
    options = importlib.import_module("rekey.v1.options_pb2")
    declared = method.GetOptions()
    is_read = declared.idempotency_level == declared.NO_SIDE_EFFECTS
    takes_key = declared.Extensions[options.takes_idempotency_key]
    repeat = _FREELY if is_read else _WITH_KEY if takes_key else _NEVER
    name = f"{method.containing_service.full_name}/{method.name}"
    return name, tuple(declared.Extensions[options.roles]), repeat
