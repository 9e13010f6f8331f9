// A real store to which everything happens that can: what fuzz-records and fuzz-checkpoints begin with.
import RekeyCore
import RekeyJournal
import RekeySimulation
import RekeyStore

enum SampleStore {
    static let subject = SubjectID(rawValue: 0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF)

    /// The records of its log.
    static var records: [[UInt8]] {
        files(checkpointBytes: 1 << 30).values
            .flatMap { JournalReading.payloads(of: $0, kind: 1) }
            .flatMap(JournalReading.records)
    }

    /// The chunks of its last checkpoint, the many empty ones left out.
    static var chunks: [[UInt8]] {
        let files = files(checkpointBytes: 1)
        let last = files.keys.filter { $0.hasSuffix(".checkpoint") }.max() ?? ""
        let chunks = JournalReading.payloads(of: files[last] ?? [], kind: 6)
        return chunks.filter { $0.count > 16 } + chunks.prefix(1)
    }

    private static func files(checkpointBytes: Int) -> [String: [UInt8]] {
        let disk = SimulatedDisk()
        Opening.must("a store is made") { () throws(JournalError) in
            try EmbeddedStore.create(
                directory: JournalImage.directory, disk: disk, options: options,
                storeID: JournalImage.storeID, tag: [])
            let store = try EmbeddedStore.open(
                directory: JournalImage.directory, disk: disk, options: options, tag: [],
                policy: Policy(), time: SimulatedTime(), checkpointBytes: checkpointBytes,
                onFatal: { broken("a sound disk does not kill the store: \($0)") })
            live(store)
            try store.close()
        }
        return SampleJournal.files(of: disk)
    }

    /// One segment holds it all.
    private static let options = JournalOptions(segmentBytes: 1 << 20, batchBytes: 8 << 10)

    // MARK: what happens

    private static let at = Timestamp(milliseconds: 1_563_290_940_000)
    private static let reset = ResetID(rawValue: 2)
    private static let session = SessionID(rawValue: 3)

    private static var profile: Profile {
        Profile(
            identifier: "100200300", name: "Zoé", mail: "zoe@example.fr", mobile: "+33612345678",
            language: .french)
    }

    private static var opened: Reset {
        Reset(
            id: reset, purpose: .recovery, openedAt: at, validUntil: at + .hours(12),
            codeValidUntil: at + .minutes(10))
    }

    private static var events: [Event] {
        let password = PasswordRecord(
            cost: HashCost(memoryKiB: 19 * 1024, passes: 2), pepper: 1,
            salt: [UInt8](repeating: 1, count: 16), tag: [UInt8](repeating: 2, count: 32))
        var moved = profile
        moved.mobile = "+33712345678"
        let change = ContactChange(
            id: ResetID(rawValue: 7), heldUntil: at + .hours(24), mail: profile.mail,
            mobile: profile.mobile, mobileConfirmed: true)
        return [
            .accountCreated(profile, opened), .accountHeld(.locked), .accountHeld(.none),
            .activated(reset, password), .passwordRehashed(password),
            .resetRequested(opened, .opened),
            .resetRequested(opened, .counted),
            .codeResent(reset, generation: 1, codeValidUntil: at),
            .activationFailed(reset, .counted), .suspensionLifted, .loginFailed(.counted),
            .loggedIn(session, ended: [SessionID(rawValue: 4)]), .sessionUsed(session),
            .passwordChanged(keeping: session, password), .accountUpdated(moved, change),
            .contactChangeCancelled(change.id), .accountUpdated(moved, nil),
            .sessionEnded(session), .sessionsRevoked, .accountDeleted(change),
            .contactChangeCancelled(change.id), .accountDeleted(nil),
            .accountCreated(profile, opened), .loggedIn(session, ended: []),
        ]
    }

    private static func live(_ store: EmbeddedStore) {
        for event in events {
            step(store, subject, [event], letters: [])
        }
        let letters = opened.sampleLetters(to: subject)
        step(store, SubjectID(rawValue: 9), [.resetRequested(opened, .counted)], letters: letters)
        do {
            try store.settle([(letters[0], .gone)])
            try store.settle([(letters[1], .again(at: at + .minutes(1)))])
        } catch {
            broken("an open store settles a letter: \(error)")
        }
        step(store, subject, [.loginFailed(.ignored)], letters: [])
    }

    /// Under an idempotency key, so that its outcome is recorded too.
    private static func step(
        _ store: EmbeddedStore, _ id: SubjectID, _ events: [Event], letters: [Letter]
    ) {
        let key = IdempotencyKey(
            caller: "portal", key: [UInt8](repeating: UInt8(events.count), count: 32),
            fingerprint: [UInt8](repeating: 4, count: 32))
        let outcome = blocking {
            await result { () async throws(StoreError) in
                let refusal = Decision<Nothing>(
                    .refusal(.field("mail", "sample")), events: events, letters: letters)
                return letters.isEmpty
                    ? try await store.transact(id) { _, _ in refusal }
                    : try await store.transact(id, idempotency: key) { _, _ in refusal }
            }
        }
        if case .failure(let error) = outcome { broken("an open store takes a decision: \(error)") }
    }
}

extension Reset {
    fileprivate func sampleLetters(to subject: SubjectID) -> [Letter] {
        [(LetterID(rawValue: 5), LetterKind.recoveryLink), (LetterID(rawValue: 6), nil)].map {
            Letter(
                id: $0, subject: subject, kind: $1, reset: id, codeGeneration: codeGeneration,
                queuedAt: openedAt)
        }
    }
}
