public import RekeyCore

/// Roles that may call a method. Looked at with every call.
public struct RoleSet: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public init(_ role: Role) { self.init(rawValue: 1 << role.rawValue) }

    public init(_ roles: some Sequence<Role>) { self = roles.reduce([]) { $0.union(RoleSet($1)) } }
}
