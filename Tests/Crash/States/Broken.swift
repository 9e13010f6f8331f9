// What the proof says when a state of the disk was not recovered as promised.

/// Why a promise does not hold.
struct Broken: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
