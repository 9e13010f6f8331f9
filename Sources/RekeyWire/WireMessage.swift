public import CProtobufC
public import RekeyCore

/// A Swift value that has a twin among the generated messages. Conformances are the only place
/// where the two meet, in both directions.
public protocol WireMessage {
    /// The struct that protoc-c generated.
    associatedtype Message

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { get }

    /// From an unpacked message. Throws a refusal that names the field which cannot be used.
    init(_ message: Message) throws(Refusal)

    /// Into a message that is initialized to defaults; what it points to comes from the arena.
    func fill(_ message: inout Message, _ arena: Arena)
}

extension Arena {
    // The generic shells are inlined into whoever knows the types, in other modules too.

    /// Scans, unpacks and converts. Call within a `scope` whose budget is the bytes' own.
    @inlinable
    public func decode<Value: WireMessage>(
        _: Value.Type, from bytes: UnsafeRawBufferPointer
    ) throws(Refusal) -> Value {
        try Value(
            unpack(bytes, as: Value.descriptor).assumingMemoryBound(to: Value.Message.self).pointee)
    }

    /// The same without the scan: for what this process packed, or has scanned before.
    @inlinable
    public func decode<Value: WireMessage>(
        _: Value.Type, fromChecked bytes: UnsafeRawBufferPointer
    ) throws(Refusal) -> Value {
        try Value(
            unpack(checked: bytes, as: Value.descriptor)
                .assumingMemoryBound(to: Value.Message.self).pointee)
    }

    @usableFromInline
    func unpack(
        _ bytes: UnsafeRawBufferPointer, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(Refusal) -> UnsafeRawPointer {
        do {
            try WireScan.check(bytes, as: descriptor)
        } catch {
            throw Refusal(.bodyInvalid, "the message does not parse: \(error)")
        }
        return try unpack(checked: bytes, as: descriptor)
    }

    @usableFromInline
    func unpack(
        checked bytes: UnsafeRawBufferPointer,
        as descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(Refusal) -> UnsafeRawPointer {
        let unpacked = withAllocator { allocator in
            protobuf_c_message_unpack(
                descriptor, allocator, bytes.count,
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        guard let unpacked else {
            throw Refusal(.bodyInvalid, "the message does not parse, or takes too much memory")
        }
        return UnsafeRawPointer(unpacked)
    }

    /// The value's message, packed; the bytes live in the arena.
    @inlinable
    public func encode(_ value: some WireMessage) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(encode(value, prefix: 0))
    }

    /// The same behind so many bytes that the caller fills.
    @inlinable
    public func encode(
        _ value: some WireMessage, prefix: Int
    ) -> UnsafeMutableRawBufferPointer {
        pack(UnsafeRawPointer(message(value)), prefix: prefix)
    }

    @usableFromInline
    func pack(_ message: UnsafeRawPointer, prefix: Int) -> UnsafeMutableRawBufferPointer {
        let message = message.assumingMemoryBound(to: ProtobufCMessage.self)
        let size = protobuf_c_message_get_packed_size(message)
        let bytes = required(prefix + size)
        protobuf_c_message_pack(
            message, bytes.advanced(by: prefix).assumingMemoryBound(to: UInt8.self))
        return UnsafeMutableRawBufferPointer(start: bytes, count: prefix + size)
    }
}
