public import CProtobufC
public import RekeyCore

/// Reading the parts of an unpacked message: what `WireMessage.init` is written with.
extension ProtobufCBinaryData {
    /// A view of the bytes, for as long as the message lives.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: data, count: len) }

    public var secret: Secret { Secret(bytes) }

    /// Throws the refusal that names `field` when there are not 16 bytes.
    @inlinable
    public func id<ID: Identifier128>(
        _ field: String, _: ID.Type = ID.self
    ) throws(Refusal) -> ID {
        ID(rawValue: try word(field))
    }

    @usableFromInline
    func word(_ field: String) throws(Refusal) -> UInt128 {
        guard bytes.count == MemoryLayout<UInt128>.size else {
            throw .field(field, "must be 16 bytes")
        }
        return UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self))
    }
}

extension UnsafeMutablePointer<CChar>? {
    /// The text; the scan has seen that it is UTF-8 without a NUL.
    public var text: String { map { String(cString: $0) } ?? "" }
}

extension Timestamp {
    public init(wire milliseconds: UInt64) {
        self.init(milliseconds: Int64(clamping: milliseconds))
    }

    public var wire: UInt64 { UInt64(clamping: milliseconds) }
}

extension Duration {
    /// Milliseconds for a field where 0 says nothing: so at least 1, even of a time that is over.
    var wireMilliseconds: UInt32 {
        guard self > .milliseconds(1) else { return 1 }
        guard self < .milliseconds(Int64(UInt32.max)) else { return .max }
        return UInt32(clamping: milliseconds)
    }
}

/// The elements of a repeated field of messages.
@inlinable
public func elements<Value: WireMessage>(
    _ count: Int, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Value.Message>?>?
) throws(Refusal) -> [Value] {
    try elements(count, table) { (value: Value) in value }
}

/// The same, each as `make` turns it: one array and not two.
@inlinable
public func elements<Value: WireMessage, Made>(
    _ count: Int, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Value.Message>?>?,
    _ make: (Value) -> Made
) throws(Refusal) -> [Made] {
    var values: [Made] = []
    values.reserveCapacity(count)
    for index in 0..<count {
        guard let message = table?[index] else { break }
        values.append(make(try Value(message.pointee)))
    }
    return values
}

/// A submessage that must be there.
@inlinable
public func required<Value: WireMessage>(
    _ message: UnsafeMutablePointer<Value.Message>?, _ field: String
) throws(Refusal) -> Value {
    guard let message else { throw .field(field, "is missing") }
    return try Value(message.pointee)
}
