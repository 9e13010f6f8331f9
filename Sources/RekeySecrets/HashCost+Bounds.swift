// What a hash may cost at least and at most.

public import RekeyCore

extension HashCost {
    /// 19 MiB and two passes: the default, and the least that is accepted (R43, R80; OWASP
    /// Password Storage Cheat Sheet).
    public static let floor = HashCost(memoryKiB: 19 * 1024, passes: 2)

    /// 1 GiB and ten passes: a record that asks for more is damaged or hostile (R46).
    public static let ceiling = HashCost(memoryKiB: 1024 * 1024, passes: 10)

    /// Whether both numbers lie between those of `floor` and `ceiling`.
    public var isAcceptable: Bool {
        (HashCost.floor.memoryKiB...HashCost.ceiling.memoryKiB).contains(memoryKiB)
            && (HashCost.floor.passes...HashCost.ceiling.passes).contains(passes)
    }

    /// Whether either number is below today's (R45).
    func isBelow(_ other: HashCost) -> Bool {
        memoryKiB < other.memoryKiB || passes < other.passes
    }
}
