import ArgumentParser
import RekeyCore

/// What --limit and --after say, judged before anything is sent.
enum Page {
    static func limit(_ limit: Int?) throws(ValidationError) -> Int {
        let limit = limit ?? 100
        guard (1...1000).contains(limit) else {
            throw ValidationError("--limit is a number from 1 to 1000.")
        }
        return limit
    }

    static func id<ID: Identifier128>(
        _ text: String?, _: ID.Type = ID.self
    ) throws(ValidationError) -> ID? {
        guard let text else { return nil }
        guard let id = ID(hexadecimal: text) else {
            throw ValidationError("--after is an id of 32 hexadecimal digits.")
        }
        return id
    }
}
