// What a peer can send, for the fuzzers and for the comparison with another protobuf: every request and
// reply of services.proto and the frame, with what its receiver makes of it. The services' own
// descriptors say which there are, so that no method is left out; nothing here knows a socket.
public import CProtobufC
import CRekeyProto
public import RekeyCore
public import RekeyWire

/// A message as one side reads it.
public struct WireSubject: Sendable {
    /// Who reads it decides how much memory it may take.
    public enum Side: String, Sendable {
        case server, client

        public func budget(_ length: Int) -> Int {
            switch self {
            case .server: Arena.requestBudget(length)
            case .client: Arena.replyBudget(length)
            }
        }
    }

    public let side: Side
    /// "rekey.v1.LoginRequest"
    public let message: String
    /// The address of a constant.
    nonisolated(unsafe) public let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    private let recoder: WireRecoders.Recoder?

    public var name: String { "\(side.rawValue) \(message)" }

    /// Whether a type of ours stands for the message.
    public var hasType: Bool { recoder != nil }

    /// What the bytes become in our type, packed again; nil where there is none.
    ///
    /// - Parameter budget: bytes of memory; nil stands for what the reader grants.
    public func recode(
        _ bytes: UnsafeRawBufferPointer, in arena: Arena, budget: Int? = nil
    ) throws(Refusal) -> [UInt8]? {
        try recoder?(arena, bytes, budget ?? side.budget(bytes.count))
    }

    /// Every message once for each side that reads it.
    public static let all: [WireSubject] = {
        var subjects = [of(Frame.self, .server), of(Frame.self, .client)]
        let services = [
            rekey_rekey_descriptor(), rekey_operator_descriptor(), rekey_reflection_descriptor(),
        ]
        for service in services.compactMap({ $0 }) {
            for index in 0..<Int(service.pointee.n_methods) {
                let method = service.pointee.methods[index]
                let names = [service.pointee.name, method.name].map { String(cString: $0) }
                let recoders = WireRecoders.ofMethods[names.joined(separator: "/")]
                subjects += [
                    WireSubject(.server, method.input, recoders?.request),
                    WireSubject(.client, method.output, recoders?.reply),
                ]
            }
        }
        var names: Set<String> = []
        return subjects.filter { names.insert($0.name).inserted }
    }()

    private static func of<Value: WireMessage>(_: Value.Type, _ side: Side) -> WireSubject {
        WireSubject(side, Value.descriptor, WireRecoders.recoder(Value.self))
    }

    private init(
        _ side: Side, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ recoder: WireRecoders.Recoder?
    ) {
        self.side = side
        message = String(cString: descriptor.pointee.name)
        self.descriptor = descriptor
        self.recoder = recoder
    }
}
