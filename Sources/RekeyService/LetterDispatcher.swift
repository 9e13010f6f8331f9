public import Logging
import RekeyCore
import RekeySecrets
import RekeyStore
import Synchronization

/// Step 7: takes letters that are due from the outbox to their courier, again and again until the
/// courier has them. Link and code are minted here, at each attempt, and live no longer than it.
///
/// Most of what is due under load are stand-ins, so they cost no task and no lock of their own: a
/// round takes all that is due, and settles in one record whatever is done with by then, stand-ins
/// and letters that came back from their courier alike. Stand-ins never wait for a courier.
public struct LetterDispatcher: Sendable {
    /// Letters with the courier at once.
    private static let parallelMax = 8
    /// Letters that are taken under one lock.
    private static let takenMax = 500
    /// Between rounds: what becomes due, and what comes back, gathers meanwhile.
    private static let gathering: Duration = .milliseconds(5)

    /// An attempt at a letter, or none where there is nobody to send it to.
    private typealias Settled = (letter: Letter, settlement: LetterSettlement)

    private let service: Service
    private let writer: LetterWriter
    private let courier: any Courier
    private let logger: Logger

    public init(
        service: Service, letterhead: Letterhead, courier: any Courier, logger: Logger
    ) {
        self.service = service
        self.courier = courier
        self.logger = logger
        writer = LetterWriter(letterhead: letterhead)
    }

    /// Sends what is due until its task is cancelled.
    public func run() async {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (taken, take) = AsyncStream<[Letter]>.makeStream()
        let arrivals = service.store.letterArrivals
        let returned = Returned()
        await withTaskGroup { group in
            group.addTask {
                for await _ in arrivals {
                    wake.yield()
                    try? await Task.sleep(for: Self.gathering)
                }
            }
            group.addTask {
                for await letters in taken {
                    await attempt(letters) { settled in
                        returned.add(settled)
                        wake.yield()
                    }
                }
            }
            group.addTask {
                var alarm: Task<Void, Never>?
                for await _ in wakes {
                    alarm?.cancel()
                    let round = await round(returned.take())
                    if !round.letters.isEmpty { take.yield(round.letters) }
                    alarm = round.pause.map { pause in
                        Task {
                            guard (try? await Task.sleep(for: pause)) != nil else { return }
                            wake.yield()
                        }
                    }
                    try? await Task.sleep(for: Self.gathering)
                }
                alarm?.cancel()
            }
        }
        settle(returned.take())
    }

    /// Sends every letter that is due now; the pause until the next one will be, if one waits.
    @discardableResult
    public func sendDue() async -> Duration? {
        while !Task.isCancelled {
            let round = await round([])
            if round.letters.isEmpty, round.pause != .zero { return round.pause }
            await attempt(round.letters) { settle([$0]) }
        }
        return nil
    }

    private struct Round {
        /// For the courier.
        var letters: [Letter]
        /// Until the next letter is due, if one waits; zero when more was due than was taken.
        var pause: Duration?
    }

    /// Takes what is due; settles the stand-ins of it, together with what came back before.
    private func round(_ returned: [Settled]) async -> Round {
        do {
            let due = try await service.store.letters(due: Self.takenMax)
            let standIns = due.letters.filter { $0.kind == nil }
            settle(returned + standIns.map { ($0, .gone) })
            let pause: Duration? =
                due.letters.count == Self.takenMax
                ? .zero : due.next.flatMap { $0 > due.now ? $0 - due.now : nil }
            return Round(letters: due.letters.filter { $0.kind != nil }, pause: pause)
        } catch {
            logger.error("letters cannot be read", metadata: ["error": "\(error)"])
            settle(returned)
            return Round(letters: [], pause: service.policy.letterRetryMax)
        }
    }

    private func settle(_ letters: [Settled]) {
        guard !letters.isEmpty else { return }
        do {
            try service.store.settle(letters)
        } catch {
            // Settled in memory only: the next start finds them as they were before.
            logger.error(
                "letters cannot be settled",
                metadata: ["letters": "\(letters.count)", "error": "\(error)"])
        }
    }

    /// Attempts each letter, some at once, and says of each what came of it, as soon as it is known.
    private func attempt(_ letters: [Letter], _ returned: (Settled) -> Void) async {
        await withTaskGroup(of: Settled.self) { group in
            for letter in letters.prefix(Self.parallelMax) {
                group.addTask { (letter, await attempt(letter)) }
            }
            var rest = letters.dropFirst(Self.parallelMax).makeIterator()
            for await settled in group {
                returned(settled)
                guard !Task.isCancelled, let letter = rest.next() else { continue }
                group.addTask { (letter, await attempt(letter)) }
            }
        }
    }

    private func attempt(_ letter: Letter) async -> LetterSettlement {
        do {
            let reading = try await service.store.read(letter.subject)
            return await send(letter, to: reading.value, now: reading.now)
        } catch {
            return .again(at: letter.nextAttempt + service.policy.letterRetryMax)
        }
    }

    private func send(
        _ letter: Letter, to subject: Subject, now: Timestamp
    ) async -> LetterSettlement {
        let pause = service.policy.letterRetryPause(afterFailures: letter.attempts + 1)
        switch subject.delivery(of: letter, policy: service.policy, now: now) {
        case .dead:
            return .gone
        case .hold:
            return .again(at: now + pause)
        case .send(let envelope):
            do {
                let missive = try writer.write(
                    content(letter, envelope), language: envelope.language,
                    recipientName: envelope.name, to: envelope.to, queued: letter.queuedAt)
                try await courier.deliver(missive, id: letter.id)
                return .gone
            } catch {
                let isFinal = (error as? CourierError)?.isWorthRetrying != true
                logger.warning(
                    "a letter was not delivered",
                    metadata: [
                        "letter": "\(letter.id)", "attempts": "\(letter.attempts + 1)",
                        "final": "\(isFinal)", "error": "\(error)",
                    ])
                return isFinal ? .gone : .again(at: now + pause)
            }
        }
    }

    private func content(_ letter: Letter, _ envelope: Envelope) -> LetterContent {
        func link() -> Secret { service.links.mint(letter.subject, letter.reset) }
        func code() -> Secret {
            service.codes.mint(letter.subject, letter.reset, generation: letter.codeGeneration)
        }
        return switch envelope.kind {
        case .recoveryLink: .recoveryLink(link(), life: envelope.linkLife)
        case .activationLink: .activationLink(link(), life: envelope.linkLife)
        case .recoveryCode: .recoveryCode(code())
        case .activationCode: .activationCode(code())
        case .recoveredMail: .recoveredMail
        case .recoveredSMS: .recoveredSMS
        case .contactChangedMail:
            .contactChangedMail(
                link(), hold: envelope.linkLife, newMail: envelope.newMail,
                newMobile: envelope.newMobile)
        case .contactChangedSMS: .contactChangedSMS(hold: envelope.linkLife)
        case .failedLoginsMail: .failedLoginsMail
        case .failedLoginsSMS: .failedLoginsSMS
        case .passwordOffMail: .passwordOffMail
        case .passwordOffSMS: .passwordOffSMS
        case .accountDeletedMail: .accountDeletedMail(link(), hold: envelope.linkLife)
        case .accountDeletedSMS: .accountDeletedSMS(hold: envelope.linkLife)
        }
    }
}

/// What came back from the courier and waits to be settled.
private final class Returned: Sendable {
    private let letters = Mutex<[(letter: Letter, settlement: LetterSettlement)]>([])

    func add(_ letter: (letter: Letter, settlement: LetterSettlement)) {
        letters.withLock { $0.append(letter) }
    }

    func take() -> [(letter: Letter, settlement: LetterSettlement)] {
        letters.withLock { letters in
            defer { letters = [] }
            return letters
        }
    }
}
