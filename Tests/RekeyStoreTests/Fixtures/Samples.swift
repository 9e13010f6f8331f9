// Values drawn from a seed: one of everything that a store keeps. Suites of this folder come in.

import RekeyCore
import RekeySimulation

@testable import RekeyStore

extension SeededGenerator {
    mutating func id<ID: Identifier128>(_: ID.Type = ID.self) -> ID {
        ID(rawValue: UInt128(next()) << 64 | UInt128(next()))
    }

    mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func time() -> Timestamp {
        Timestamp(milliseconds: Int64.random(in: 1...4_102_444_800_000, using: &self))
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    mutating func list<Element>(
        _ counts: ClosedRange<Int>, _ make: (inout SeededGenerator) -> Element
    ) -> [Element] {
        (0..<count(counts)).map { _ in make(&self) }
    }

    mutating func text() -> String {
        String((0..<count(0...40)).map { _ in "aZ09 é漢😀\n".randomElement(using: &self) ?? "a" })
    }

    mutating func counting() -> Counting { Bool.random(using: &self) ? .counted : .ignored }

    mutating func reset() -> Reset {
        Reset(
            id: id(), purpose: Bool.random(using: &self) ? .recovery : .activation,
            openedAt: time(), validUntil: time(), codeGeneration: count(0...70),
            codeValidUntil: time(), wrongCodes: count(0...5))
    }

    mutating func password() -> PasswordRecord {
        PasswordRecord(
            cost: HashCost(
                memoryKiB: UInt32.random(in: 0...(.max), using: &self),
                passes: UInt32.random(in: 0...9, using: &self)),
            pepper: UInt32.random(in: 0...(.max), using: &self), salt: bytes(16), tag: bytes(32))
    }

    mutating func profile() -> Profile {
        Profile(
            identifier: text(), name: text(), mail: text(), mobile: text(),
            language: Language.allCases.randomElement(using: &self) ?? .french)
    }

    mutating func letter() -> Letter {
        Letter(
            id: id(), subject: id(),
            kind: count(0...3) == 0 ? nil : LetterKind.allCases.randomElement(using: &self),
            reset: id(), codeGeneration: count(0...70), queuedAt: time(), attempts: count(0...99),
            nextAttempt: time())
    }

    mutating func account() -> Account {
        var account = Account(profile: profile(), createdAt: time())
        account.version = next()
        account.mobileConfirmed = Bool.random(using: &self)
        account.hold = [.none, .locked, .disabled].randomElement(using: &self) ?? .none
        account.password = Bool.random(using: &self) ? password() : nil
        account.passwordVersion = next()
        account.resets = list(0...5) { $0.reset() }
        account.wrongCodes = list(0...10) { $0.time() }
        account.sessions = list(0...10) {
            Session(id: $0.id(), openedAt: $0.time(), usedAt: $0.time())
        }
        account.contactChange = Bool.random(using: &self) ? contactChange() : nil
        return account
    }

    mutating func contactChange() -> ContactChange {
        ContactChange(
            id: id(), heldUntil: time(), mail: text(), mobile: text(),
            mobileConfirmed: Bool.random(using: &self))
    }

    mutating func subject() -> Subject {
        Subject(
            id: id(),
            traffic: Traffic(
                resetRequests: list(0...8) { $0.time() }, loginFailures: count(0...100),
                lastLoginFailure: Bool.random(using: &self) ? time() : nil),
            account: Bool.random(using: &self) ? account() : nil,
            deletedAccount: Bool.random(using: &self) ? account() : nil)
    }

    mutating func refusal() -> Refusal {
        Refusal(
            Reason.allCases.randomElement(using: &self) ?? .internalFault, text(),
            details: list(0...3) { FieldProblem(field: $0.text(), problem: $0.text()) })
    }

    mutating func outcome() -> Outcome {
        Outcome(
            caller: text(), key: bytes(32), fingerprint: bytes(32), at: time(),
            answer: Bool.random(using: &self)
                ? .reply(bytes(count(0...300))) : .refusal(refusal()))
    }

    /// One event of every case, in the order of `Event.place`.
    mutating func events() -> [Event] {
        [
            .resetRequested(
                reset(),
                [.opened, .counted, .ignored].randomElement(using: &self) ?? .opened),
            .codeResent(id(), generation: count(0...70), codeValidUntil: time()),
            .activationFailed(id(), counting()), .activated(id(), password()),
            .loginFailed(counting()), .loggedIn(id(), ended: list(0...10) { $0.id() }),
            .passwordRehashed(password()), .sessionUsed(id()), .sessionEnded(id()),
            .passwordChanged(keeping: id(), password()), .accountCreated(profile(), reset()),
            .accountUpdated(profile(), Bool.random(using: &self) ? contactChange() : nil),
            .accountHeld([.none, .locked, .disabled].randomElement(using: &self) ?? .none),
            .suspensionLifted, .accountDeleted(Bool.random(using: &self) ? contactChange() : nil),
            .sessionsRevoked, .contactChangeCancelled(id()),
        ]
    }
}

extension Event {
    /// Which case it is. A case that is missing here does not compile.
    var place: Int {
        switch self {
        case .resetRequested: 0
        case .codeResent: 1
        case .activationFailed: 2
        case .activated: 3
        case .loginFailed: 4
        case .loggedIn: 5
        case .passwordRehashed: 6
        case .sessionUsed: 7
        case .sessionEnded: 8
        case .passwordChanged: 9
        case .accountCreated: 10
        case .accountUpdated: 11
        case .accountHeld: 12
        case .suspensionLifted: 13
        case .accountDeleted: 14
        case .sessionsRevoked: 15
        case .contactChangeCancelled: 16
        }
    }
}
