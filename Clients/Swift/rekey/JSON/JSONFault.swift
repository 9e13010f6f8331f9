/// JSON that is not the message it should be: where, and what is wanted there; never what was there.
struct JSONFault: Error, Hashable, CustomStringConvertible {
    /// "origin.address", "details[2]"; empty for the whole.
    var path: String
    var problem: String

    var description: String { path.isEmpty ? problem : "\(path): \(problem)" }

    /// The same, seen from one level further out.
    func within(_ outer: String) -> JSONFault {
        let inner = path.isEmpty || path.utf8.first == UInt8(ascii: "[") ? path : ".\(path)"
        return JSONFault(path: outer + inner, problem: problem)
    }
}
