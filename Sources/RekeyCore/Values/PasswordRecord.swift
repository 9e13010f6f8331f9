/// What is kept of a password: argon2id over a peppered input (R43, R47). Opaque to decisions.
public struct PasswordRecord: Hashable, Sendable {
    /// The cost that this tag was made with (R45).
    public var cost: HashCost
    /// Which pepper of the key ring went in.
    public var pepper: UInt32
    /// 16 random bytes.
    public var salt: [UInt8]
    /// 32 bytes.
    public var tag: [UInt8]

    /// What it was made with.
    public struct Recipe: Hashable, Sendable {
        public var cost: HashCost
        public var pepper: UInt32

        public init(cost: HashCost, pepper: UInt32) {
            self.cost = cost
            self.pepper = pepper
        }
    }

    public var recipe: Recipe { Recipe(cost: cost, pepper: pepper) }

    public init(cost: HashCost, pepper: UInt32, salt: [UInt8], tag: [UInt8]) {
        self.cost = cost
        self.pepper = pepper
        self.salt = salt
        self.tag = tag
    }
}
