// The lower half of decoding, apart from our types: the scan, and the library behind it.
public import CProtobufC
public import RekeyWire

public enum Repacking {
    /// What the library makes of bytes that the scan lets through, packed again. Throws what the scan
    /// throws; nil when the library refuses what the scan let through.
    public static func repack(
        _ bytes: UnsafeRawBufferPointer, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(WireFault) -> [UInt8]? {
        try WireScan.check(bytes, as: descriptor)
        let unpacked = protobuf_c_message_unpack(
            descriptor, nil, bytes.count,
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        guard let unpacked else { return nil }
        defer { protobuf_c_message_free_unpacked(unpacked, nil) }
        let size = protobuf_c_message_get_packed_size(unpacked)
        return [UInt8](unsafeUninitializedCapacity: size) { packed, count in
            count = packed.baseAddress.map { protobuf_c_message_pack(unpacked, $0) } ?? 0
        }
    }
}
