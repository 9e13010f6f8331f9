// Looking at a subject costs the same whether an account is behind it or not (R02, R19): where there is
// none, the store unpacks and packs this in its place. Nobody sees it, and nothing keeps it.
import RekeyCore
import RekeyWire

/// The account of nobody, about as large as accounts are.
struct Decoy: Sendable {
    private let subject: Subject
    private let row: [UInt8]

    init(_ arena: Arena) {
        var subject = Subject(id: SubjectID(rawValue: 0))
        var account = Account(
            profile: Profile(
                identifier: "C-123456789", name: "Camille Durand", mail: "camille@example.fr",
                mobile: "+33612345678", language: .french),
            createdAt: Timestamp(milliseconds: 1))
        account.password = PasswordRecord(
            cost: HashCost(memoryKiB: 1, passes: 1), pepper: 1,
            salt: [UInt8](repeating: 1, count: 16), tag: [UInt8](repeating: 1, count: 32))
        account.resets = [
            Reset(
                id: ResetID(rawValue: 1), purpose: .recovery, openedAt: account.createdAt,
                validUntil: account.createdAt, codeValidUntil: account.createdAt)
        ]
        subject.account = account
        self.subject = subject
        row = Records.encode(subject, arena)
    }

    func unpack(_ arena: Arena) { _ = try? Records.subject(subject.id, row, arena) }

    func pack(_ arena: Arena) { _ = Records.encode(subject, arena) }
}
