// What a build for tests can leave out by name, to see that Tests/Timing then tells the subjects apart. A
// release build holds none of this: whatever comes in here goes out as it came.
#if TEETH
    import Glibc
#endif
package import RekeyCore

/// One thing that equal answers in equal time hang on. `REKEY_TOOTH` names the one that a build with
/// `-D TEETH` leaves out.
package enum UniformityTooth: String, CaseIterable, Sendable {
    /// What is answered about an unknown identifier waits for the disk like anything else (R02).
    case standInSync
    /// It writes as much (R04).
    case standInLetters
    /// What is known takes no longer to look at (R02).
    case knownTime
    /// A stand-in for a password costs what those in use cost (R51).
    case standInCost
    /// What is done around a password's hash takes no longer for one that is known (R51).
    case knownHashTime
}

#if TEETH
    extension UniformityTooth {
        private static let pulled = getenv("REKEY_TOOTH").map { String(cString: $0) }

        private var holds: Bool { Self.pulled != rawValue }

        /// What was decided about a request for a reset.
        package static func decided<Reply>(
            _ decision: Decision<Reply>, _ subject: Subject
        ) -> Decision<Reply> {
            guard decision.events.contains(where: \.isRequest) else { return decision }
            var decision = decision
            if subject.account == nil, !standInSync.holds { decision.durability = .written }
            if subject.account != nil, !knownTime.holds { dawdle() }
            return decision
        }

        /// What of them goes to the log.
        package static func written(_ letters: [Letter], _ subject: Subject) -> [Letter] {
            subject.account == nil && !standInLetters.holds ? [] : letters
        }

        /// The record that a password is held against: a stand-in's is of a time when the policy asked
        /// for one pass more.
        package static func checked(_ record: PasswordRecord, _ subject: Subject) -> PasswordRecord
        {
            var record = record
            if subject.account?.password == nil, !standInCost.holds { record.cost.passes += 1 }
            if subject.account?.password != nil, !knownHashTime.holds { dawdle() }
            return record
        }

        /// 20 µs of work.
        private static func dawdle() {
            let end = ContinuousClock.now + .microseconds(20)
            while ContinuousClock.now < end {}
        }
    }
#else
    extension UniformityTooth {
        @inlinable package static func decided<Reply>(
            _ decision: Decision<Reply>, _: Subject
        ) -> Decision<Reply> { decision }

        @inlinable package static func written(_ letters: [Letter], _: Subject) -> [Letter] {
            letters
        }

        @inlinable package static func checked(
            _ record: PasswordRecord, _: Subject
        ) -> PasswordRecord { record }
    }
#endif
