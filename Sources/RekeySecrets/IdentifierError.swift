// Why a text cannot be an identifier.

/// Why a text cannot be an identifier, told to who sent it. Never holds a part of the text.
public enum IdentifierError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case tooLong
    case whitespaceAtEnds
    case forbiddenCharacter
    case notAMailAddress

    public var description: String {
        switch self {
        case .empty: "the identifier is empty; send at least one character"
        case .tooLong: "the identifier is longer than 254 bytes of UTF-8; send a shorter one"
        case .whitespaceAtEnds: "the identifier begins or ends with whitespace; send it without"
        case .forbiddenCharacter:
            """
            the identifier holds a control, line-separating, bidirectional or unassigned character; \
            send it without
            """
        case .notAMailAddress:
            "the identifier has an @ but is no mail address; send a name, an @ and a valid domain"
        }
    }
}
