/// What a server offers, for tools that learn it when they run.
public enum Describe: Method {
    public static let name = "rekey.v1.Reflection/Describe"
    public static let repeatability = Repeatability.freely

    public typealias Request = Nothing

    public struct Reply: Sendable {
        /// A google.protobuf.FileDescriptorSet with all that its files import.
        public var descriptorSet: [UInt8]
        /// Services in the order of the .proto.
        public var methods: [MethodDescription]
        public var limits: ServerLimits

        public init(
            descriptorSet: [UInt8], methods: [MethodDescription], limits: ServerLimits
        ) {
            self.descriptorSet = descriptorSet
            self.methods = methods
            self.limits = limits
        }
    }
}

/// One method as services.proto declares it.
public struct MethodDescription: Hashable, Sendable {
    /// The full name on the wire.
    public var name: String
    /// Who may call it.
    public var roles: [Role]
    public var repeatability: Repeatability

    public init(name: String, roles: [Role], repeatability: Repeatability) {
        self.name = name
        self.roles = roles
        self.repeatability = repeatability
    }
}
