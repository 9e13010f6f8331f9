"""The messages of the protocol, made by protoc: what `Client.call` takes and gives."""
