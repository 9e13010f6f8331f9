// protobuf-c with nothing of ours in front of it: what it takes, and what that costs.

import CProtobufC

/// One message unpacked by protobuf-c alone.
final class Library {
    /// All that was asked of the allocator, in steps of 16 as the arena counts it; freeing is put
    /// off to the end, so nothing is reused.
    private(set) var bytesAllocated = 0
    private var blocks: [UnsafeMutableRawPointer] = []
    private var unpacked: UnsafeMutablePointer<ProtobufCMessage>?

    init(_ bytes: [UInt8], as descriptor: Descriptor) {
        var allocator = ProtobufCAllocator(
            alloc: { data, size in
                guard let data else { return nil }
                return Unmanaged<Library>.fromOpaque(data).takeUnretainedValue().allocate(size)
            },
            free: { _, _ in },
            allocator_data: Unmanaged.passUnretained(self).toOpaque())
        unpacked = protobuf_c_message_unpack(descriptor, &allocator, bytes.count, bytes)
    }

    deinit { for block in blocks { block.deallocate() } }

    var accepted: Bool { unpacked != nil }

    /// Reads the generated struct; nil when the library refused the bytes.
    func read<Message, Result>(_: Message.Type, _ body: (Message) -> Result) -> Result? {
        unpacked.map {
            body(UnsafeRawPointer($0).assumingMemoryBound(to: Message.self).pointee)
        }
    }

    /// The message packed again; nil when the library refused the bytes.
    var repacked: [UInt8]? { unpacked.map { Library.pack($0) } }

    static func pack(_ message: UnsafePointer<ProtobufCMessage>) -> [UInt8] {
        let size = protobuf_c_message_get_packed_size(message)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = protobuf_c_message_pack(message, buffer.baseAddress)
        }
    }

    private func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        bytesAllocated += (size + 15) & ~15
        let block = UnsafeMutableRawPointer.allocate(byteCount: max(size, 1), alignment: 16)
        blocks.append(block)
        return block
    }
}
