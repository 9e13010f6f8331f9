public import RekeyCore

/// The seam between the outbox and whatever carries letters to people.
public protocol Courier: Sendable {
    /// Takes responsibility for one missive: once this returns, a crash does not lose it.
    ///
    /// The outbox calls again with the same id until one call returned, and a crash may make it
    /// call once more after that: a courier lets the id lead to one letter as far as it can.
    ///
    /// - Throws: `CourierError`, which says whether a later attempt makes sense.
    func deliver(_ missive: Missive, id: LetterID) async throws(CourierError)
}
