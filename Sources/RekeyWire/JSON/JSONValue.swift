// Between JSON and the bytes of a message, by the message's own descriptor: the command line and the
// reader of the journal come in; it touches nothing.

/// JSON, with integers apart from other numbers and from true and false.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int128)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// In the order in which they are printed.
    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }
}
