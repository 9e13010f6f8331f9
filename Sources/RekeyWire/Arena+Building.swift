public import CProtobufC
public import RekeyCore

/// Making the parts of a message: what `WireMessage.fill` is written with.
extension Arena {
    /// Room for our own values, within `packingBudget`. Not having it is a bug of ours: no value
    /// that a peer sends is built here.
    public func required(_ byteCount: Int) -> UnsafeMutableRawPointer {
        guard let bytes = allocate(byteCount) else {
            preconditionFailure("a message of our own is over the packing budget")
        }
        return bytes
    }

    /// A copy of the text, with a NUL behind it. A NUL within would end it there, and could turn an
    /// identifier into somebody else's: it becomes U+001A SUBSTITUTE, which no field accepts.
    public func string(_ text: String) -> UnsafeMutablePointer<CChar> {
        var text = text
        return text.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
    }

    private func string(utf8: UnsafeRawBufferPointer) -> UnsafeMutablePointer<CChar> {
        let bytes = required(utf8.count + 1)
        if let source = utf8.baseAddress {
            bytes.copyMemory(from: source, byteCount: utf8.count)
        }
        for (index, byte) in utf8.enumerated() where byte == 0 {
            bytes.storeBytes(of: 0x1A, toByteOffset: index, as: UInt8.self)
        }
        bytes.storeBytes(of: 0, toByteOffset: utf8.count, as: UInt8.self)
        return bytes.assumingMemoryBound(to: CChar.self)
    }

    func string(_ text: WireText) -> UnsafeMutablePointer<CChar> {
        text.withUTF8 { string(utf8: $0) }
    }

    public func data(_ bytes: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return ProtobufCBinaryData() }
        let copy = required(bytes.count)
        copy.copyMemory(from: source, byteCount: bytes.count)
        return ProtobufCBinaryData(
            len: bytes.count, data: copy.assumingMemoryBound(to: UInt8.self))
    }

    public func data(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        bytes.withUnsafeBytes { data($0) }
    }

    public func data(_ secret: Secret) -> ProtobufCBinaryData {
        secret.withBytes { data($0) }
    }

    @inlinable
    public func data(_ id: some Identifier128) -> ProtobufCBinaryData { data(word: id.rawValue) }

    @usableFromInline
    func data(word: UInt128) -> ProtobufCBinaryData {
        let bytes = required(MemoryLayout<UInt128>.size)
        bytes.storeBytes(of: word.bigEndian, as: UInt128.self)
        return ProtobufCBinaryData(
            len: MemoryLayout<UInt128>.size, data: bytes.assumingMemoryBound(to: UInt8.self))
    }

    /// The value's message, itself in the arena.
    @inlinable
    public func message<Value: WireMessage>(
        _ value: Value
    ) -> UnsafeMutablePointer<Value.Message> {
        let raw = required(MemoryLayout<Value.Message>.size)
        protobuf_c_message_init(
            Value.descriptor, raw.assumingMemoryBound(to: ProtobufCMessage.self))
        let message = raw.assumingMemoryBound(to: Value.Message.self)
        value.fill(&message.pointee, self)
        return message
    }

    /// A repeated field: how many, and a table of what `make` gives for each.
    @inlinable
    public func table<Element, Made>(
        _ elements: [Element], _ make: (Element) -> Made
    ) -> (Int, UnsafeMutablePointer<Made>?) {
        guard !elements.isEmpty else { return (0, nil) }
        let table = required(elements.count * MemoryLayout<Made>.stride)
            .bindMemory(to: Made.self, capacity: elements.count)
        for (index, element) in elements.enumerated() {
            table.advanced(by: index).initialize(to: make(element))
        }
        return (elements.count, table)
    }
}

extension Arena {
    /// A repeated field of messages.
    @inlinable
    public func messages<Value: WireMessage>(
        _ values: [Value]
    ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Value.Message>?>?) {
        table(values) { Optional(message($0)) }
    }
}
