/// A page of accounts, by ascending id.
public enum ListAccounts: Method {
    public static let name = "rekey.v1.Operator/ListAccounts"
    public static let repeatability = Repeatability.freely

    public struct Request: Hashable, Sendable {
        /// The last id of the page before.
        public var after: SubjectID?
        /// 1 to 1,000.
        public var limit: Int

        public init(after: SubjectID? = nil, limit: Int = 100) {
            self.after = after
            self.limit = limit
        }
    }

    public struct Reply: Hashable, Sendable {
        public var accounts: [AccountSummary]
        /// What to ask for next; nil when this was the last page.
        public var nextAfter: SubjectID?

        public init(accounts: [AccountSummary], nextAfter: SubjectID?) {
            self.accounts = accounts
            self.nextAfter = nextAfter
        }
    }
}
