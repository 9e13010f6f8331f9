import RekeyCore

/// How many password records were made in which way, kept up as they change: what a stand-in is drawn
/// from (R51), and which peppers a ring must hold, must not take a walk through all accounts.
struct Recipes {
    private(set) var counts: [PasswordRecord.Recipe: Int] = [:]

    /// One account's record took the place of another; nil where there is none.
    mutating func replace(_ before: PasswordRecord.Recipe?, with after: PasswordRecord.Recipe?) {
        guard before != after else { return }
        if let before { add(-1, before) }
        if let after { add(1, after) }
    }

    private mutating func add(_ difference: Int, _ recipe: PasswordRecord.Recipe) {
        let count = counts[recipe, default: 0] + difference
        counts[recipe] = count == 0 ? nil : count
    }
}
