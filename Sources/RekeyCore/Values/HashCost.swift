/// The cost of one argon2id computation with one lane (RFC 9106, section 3.1).
public struct HashCost: Hashable, Sendable {
    /// Memory, in KiB.
    public var memoryKiB: UInt32
    /// Passes over that memory.
    public var passes: UInt32

    public init(memoryKiB: UInt32, passes: UInt32) {
        self.memoryKiB = memoryKiB
        self.passes = passes
    }
}

extension HashCost {
    /// 19 MiB and two passes: the default, and the least that is accepted (R43, R80; OWASP
    /// Password Storage Cheat Sheet).
    public static let floor = HashCost(memoryKiB: 19 * 1024, passes: 2)

    /// 1 GiB and ten passes: a record that asks for more is damaged or hostile (R46).
    public static let ceiling = HashCost(memoryKiB: 1024 * 1024, passes: 10)

    /// Whether both numbers lie between those of `floor` and `ceiling`.
    public var isAcceptable: Bool { hasAcceptableMemory && hasAcceptablePasses }

    public var hasAcceptableMemory: Bool {
        (HashCost.floor.memoryKiB...HashCost.ceiling.memoryKiB).contains(memoryKiB)
    }

    public var hasAcceptablePasses: Bool {
        (HashCost.floor.passes...HashCost.ceiling.passes).contains(passes)
    }

    /// Whether either number is below the other's (R45).
    public func isBelow(_ other: HashCost) -> Bool {
        memoryKiB < other.memoryKiB || passes < other.passes
    }
}
