/// A page of the letters that wait for their courier, by ascending id. Stand-ins are not shown.
public enum ListLetters: Method {
    public static let name = "rekey.v1.Operator/ListLetters"
    public static let repeatability = Repeatability.freely

    public struct Request: Hashable, Sendable {
        /// The last id of the page before.
        public var after: LetterID?
        /// 1 to 1,000.
        public var limit: Int

        public init(after: LetterID? = nil, limit: Int = 100) {
            self.after = after
            self.limit = limit
        }
    }

    public struct Reply: Hashable, Sendable {
        public var letters: [Letter]
        /// What to ask for next; nil when this was the last page.
        public var nextAfter: LetterID?

        public init(letters: [Letter], nextAfter: LetterID?) {
            self.letters = letters
            self.nextAfter = nextAfter
        }
    }
}
