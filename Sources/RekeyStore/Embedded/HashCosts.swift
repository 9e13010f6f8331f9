import RekeyCore

/// How many password records have which cost, kept up as they change: what a stand-in is drawn from
/// must not take a walk through all accounts (R51).
struct HashCosts {
    private(set) var counts: [HashCost: Int] = [:]

    /// One account's record took the place of another; nil where there is none. A damaged one, which
    /// nobody can be held against, counts for none.
    mutating func replace(_ before: HashCost?, with after: HashCost?) {
        guard before != after else { return }
        if let before, before.isAcceptable { add(-1, before) }
        if let after, after.isAcceptable { add(1, after) }
    }

    private mutating func add(_ difference: Int, _ cost: HashCost) {
        let count = counts[cost, default: 0] + difference
        counts[cost] = count == 0 ? nil : count
    }
}
