// The generated descriptors as Swift collections, for tests that walk all of them.

import CProtobufC
import CRekeyProto

typealias Descriptor = UnsafePointer<ProtobufCMessageDescriptor>

extension Descriptor {
    var title: String { pointee.name.map { String(cString: $0) } ?? "" }

    var fields: [ProtobufCFieldDescriptor] {
        Array(UnsafeBufferPointer(start: pointee.fields, count: Int(pointee.n_fields)))
    }

    /// This message's type and those of all messages within it.
    var reachable: [Descriptor] {
        var found: [Descriptor] = []
        var waiting = [self]
        while let next = waiting.popLast() {
            guard !found.contains(next) else { continue }
            found.append(next)
            waiting += next.fields.compactMap(\.message)
        }
        return found
    }
}

extension ProtobufCFieldDescriptor {
    var title: String { name.map { String(cString: $0) } ?? "" }
    var isRepeated: Bool { label == PROTOBUF_C_LABEL_REPEATED }
    var isPacked: Bool { flags & UInt32(PROTOBUF_C_FIELD_FLAG_PACKED.rawValue) != 0 }
    var isOneof: Bool { flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 }

    /// The type of a submessage; nil for every other field.
    var message: Descriptor? {
        guard type == PROTOBUF_C_TYPE_MESSAGE else { return nil }
        return descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    }
}

/// One RPC as the .proto states it.
struct DescribedMethod {
    let name: String
    let request: Descriptor
    let reply: Descriptor
}

enum Schema {
    static var methods: [DescribedMethod] {
        [rekey_rekey_descriptor(), rekey_operator_descriptor(), rekey_reflection_descriptor()]
            .flatMap { methods(of: $0) }
    }

    private static func methods(
        of service: UnsafePointer<ProtobufCServiceDescriptor>
    ) -> [DescribedMethod] {
        let table = UnsafeBufferPointer(
            start: service.pointee.methods, count: Int(service.pointee.n_methods))
        return table.map {
            DescribedMethod(
                name: String(cString: service.pointee.name) + "/" + String(cString: $0.name),
                request: $0.input, reply: $0.output)
        }
    }

    /// What travels: the frame and every request and reply.
    static var travelling: [Descriptor] {
        unique(
            rekey_frame_descriptor().reachable
                + methods.flatMap { $0.request.reachable + $0.reply.reachable })
    }

    /// What travels and what rests: every message type that has a way in.
    static var all: [Descriptor] {
        unique(
            travelling + rekey_transaction_descriptor().reachable
                + rekey_checkpoint_chunk_descriptor().reachable
                + rekey_subject_row_descriptor().reachable)
    }

    private static func unique(_ types: [Descriptor]) -> [Descriptor] {
        var seen: Set<Descriptor> = []
        return types.filter { seen.insert($0).inserted }.sorted { $0.title < $1.title }
    }
}
