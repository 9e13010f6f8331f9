public import CProtobufC
public import CRekeyProto
public import RekeyCore

extension Describe.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_describe_reply_descriptor()
    }

    public init(_ message: Rekey__V1__DescribeReply) throws(Refusal) {
        self.init(
            descriptorSet: Array(message.descriptor_set.bytes),
            methods: try elements(message.n_methods, message.methods),
            limits: try required(message.limits, "limits"))
    }

    public func fill(_ message: inout Rekey__V1__DescribeReply, _ arena: Arena) {
        message.descriptor_set = arena.data(descriptorSet)
        (message.n_methods, message.methods) = arena.messages(methods)
        message.limits = arena.message(limits)
    }
}

extension MethodDescription: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_method_description_descriptor()
    }

    /// Roles that this code does not know are left out; what may be repeated in a way that it does not
    /// know is not repeated.
    public init(_ message: Rekey__V1__MethodDescription) throws(Refusal) {
        self.init(
            name: message.name.text,
            roles: (0..<message.n_roles).compactMap { Role(rawValue: message.roles[$0].rawValue) },
            repeatability: Repeatability(rawValue: message.`repeat`.rawValue) ?? .never)
    }

    public func fill(_ message: inout Rekey__V1__MethodDescription, _ arena: Arena) {
        message.name = arena.string(name)
        (message.n_roles, message.roles) = arena.table(roles) { .init(rawValue: $0.rawValue) }
        message.`repeat` = .init(rawValue: repeatability.rawValue)
    }
}

extension ServerLimits: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_limits_descriptor()
    }

    public init(_ message: Rekey__V1__Limits) throws(Refusal) {
        func duration(_ milliseconds: UInt32) -> Duration { .milliseconds(Int64(milliseconds)) }
        self.init(
            requestFrameBytesMax: Int(message.request_frame_bytes_max),
            responseFrameBytesMax: Int(message.response_frame_bytes_max),
            callsMax: Int(message.calls_max),
            deadlineDefault: duration(message.deadline_default_ms),
            deadlineMax: duration(message.deadline_max_ms),
            helloWithin: duration(message.hello_within_ms),
            frameWithin: duration(message.frame_within_ms),
            idle: duration(message.idle_ms),
            pingAfter: duration(message.ping_after_ms),
            pongWithin: duration(message.pong_within_ms),
            drain: duration(message.drain_ms),
            idempotencyKeyBytesMax: Int(message.idempotency_key_bytes_max),
            idempotencyKeysMax: Int(message.idempotency_keys_max),
            idempotencyLife: duration(message.idempotency_ms))
    }

    public func fill(_ message: inout Rekey__V1__Limits, _ arena: Arena) {
        message.request_frame_bytes_max = UInt32(clamping: requestFrameBytesMax)
        message.response_frame_bytes_max = UInt32(clamping: responseFrameBytesMax)
        message.calls_max = UInt32(clamping: callsMax)
        message.deadline_default_ms = deadlineDefault.wireMilliseconds
        message.deadline_max_ms = deadlineMax.wireMilliseconds
        message.hello_within_ms = helloWithin.wireMilliseconds
        message.frame_within_ms = frameWithin.wireMilliseconds
        message.idle_ms = idle.wireMilliseconds
        message.ping_after_ms = pingAfter.wireMilliseconds
        message.pong_within_ms = pongWithin.wireMilliseconds
        message.drain_ms = drain.wireMilliseconds
        message.idempotency_key_bytes_max = UInt32(clamping: idempotencyKeyBytesMax)
        message.idempotency_keys_max = UInt32(clamping: idempotencyKeysMax)
        message.idempotency_ms = idempotencyLife.wireMilliseconds
    }
}
