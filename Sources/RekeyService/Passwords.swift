import RekeyCore
import RekeySecrets
import RekeyStore

/// Passwords on their way to the hashing pool and back: step 3 of the calls that carry one.
struct Passwords: Sendable {
    let pool: HashingPool
    let hasher: PasswordHasher
    let store: any AccountStore
    /// Today's.
    let cost: HashCost
    let rules: PasswordRules

    /// A password that somebody proposes, typed twice, judged by the rules that need no account
    /// (R35 to R39, R41, R42).
    func proposed(
        _ password: Secret, _ confirmation: Secret, field: String
    ) throws(Refusal) -> NormalizedPassword {
        let normal = try normalized(password, field: field)
        try rules.judge(
            codePoints: normal.codePointCount, bytes: normal.secret.count, field: field)
        let again = try normalized(confirmation, field: "confirmation")
        guard normal.secret == again.secret else { throw .confirmationDiffers }
        return normal
    }

    func hash(_ password: NormalizedPassword) async throws(Refusal) -> PasswordRecord {
        try await run { () throws(PasswordHasherError) in try hasher.hash(password, cost: cost) }
    }

    /// Whether `subject`'s record was made from this password. Where there is no record, one that
    /// nobody's password matches is checked, at a cost that records have (R51). It is made in any case,
    /// so that who has a record is not answered sooner.
    func check(
        _ password: NormalizedPassword, of subject: Subject
    ) async throws(Refusal) -> PasswordCheck {
        let standIn = hasher.standIn(
            for: subject.id, among: store.recipes(), otherwise: cost)
        let record = subject.account?.password ?? standIn
        let matches = try await run { () throws(PasswordHasherError) in
            do throws(PasswordHasherError) {
                return try hasher.verify(
                    password, against: UniformityTooth.checked(record, subject))
            } catch {
                guard error.isOfRecord else { throw error }
                return try hasher.verify(password, against: standIn)
            }
        }
        return PasswordCheck(
            version: subject.passwordVersion,
            matches: matches && subject.account?.password != nil)
    }

    /// A record of today's cost for a password that is known to be right, if the kept one is below
    /// it (R45).
    func rehashed(
        _ password: NormalizedPassword, of subject: Subject
    ) async throws(Refusal) -> PasswordRecord? {
        guard let record = subject.account?.password, hasher.isOutdated(record, cost: cost) else {
            return nil
        }
        return try await hash(password)
    }

    /// A password that somebody claims to have.
    func normalized(
        _ password: Secret, field: String
    ) throws(Refusal) -> NormalizedPassword {
        guard password.count <= 4 * rules.bytesMax else {
            throw Refusal(
                .passwordUnacceptable, "the password is longer than \(rules.bytesMax) bytes",
                details: [FieldProblem(field: field, problem: "at most \(rules.bytesMax) bytes")])
        }
        do {
            return try NormalizedPassword(password)
        } catch {
            throw .field(field, "must be text in UTF-8")
        }
    }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(PasswordHasherError) -> Value
    ) async throws(Refusal) -> Value {
        let result: Result<Value, PasswordHasherError>
        do {
            result = try await pool.run { Result(catching: work) }
        } catch {
            switch error {
            case .overloaded, .noThread: throw .overloaded
            case .cancelled:
                throw Refusal(.cancelled, "the call was cancelled before it was decided")
            case .shutDown:
                throw Refusal(.draining, "the server is stopping; repeat the call elsewhere")
            }
        }
        do {
            return try result.get()
        } catch {
            switch error {
            case .outOfMemory: throw .overloaded
            case .costOutOfBounds, .damagedRecord, .pepperUnknown:
                throw Refusal(
                    .internalFault, "a password cannot be hashed", cause: "\(error)")
            }
        }
    }
}

extension Refusal {
    /// The same whoever is asked for (R86).
    fileprivate static let overloaded = Refusal(
        .overloaded, "too many passwords are being checked; repeat the call shortly",
        retryAfter: .seconds(1))
}
