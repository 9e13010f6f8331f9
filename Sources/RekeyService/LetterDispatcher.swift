public import Logging
import RekeyCore
import RekeySecrets
import RekeyStore

/// Step 7: takes letters that are due from the outbox to their courier, again and again until the
/// courier has them. Link and code are minted here, at each attempt, and live no longer than it.
public struct LetterDispatcher: Sendable {
    /// Letters with the courier at once.
    private static let parallelMax = 8

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
        let arrivals = service.store.letterArrivals
        await withTaskGroup { group in
            group.addTask {
                for await _ in arrivals { wake.yield() }
            }
            group.addTask {
                var alarm: Task<Void, Never>?
                for await _ in wakes {
                    alarm?.cancel()
                    guard let pause = await sendDue() else { continue }
                    alarm = Task {
                        guard (try? await Task.sleep(for: pause)) != nil else { return }
                        wake.yield()
                    }
                }
                alarm?.cancel()
            }
        }
    }

    /// Sends every letter that is due; the pause until the next one will be, if one waits.
    @discardableResult
    public func sendDue() async -> Duration? {
        while !Task.isCancelled {
            do {
                let due = try await service.store.letters(due: Self.parallelMax)
                if due.letters.isEmpty {
                    return due.next.flatMap { $0 > due.now ? $0 - due.now : nil }
                }
                await withDiscardingTaskGroup { group in
                    for letter in due.letters { group.addTask { await attempt(letter) } }
                }
            } catch {
                logger.error("letters cannot be read", metadata: ["error": "\(error)"])
                return service.policy.letterRetryMax
            }
        }
        return nil
    }

    private func attempt(_ letter: Letter) async {
        let settlement: LetterSettlement
        do {
            let reading = try await service.store.read(letter.subject)
            settlement = await send(letter, to: reading.value, now: reading.now)
        } catch {
            settlement = .again(at: letter.nextAttempt + service.policy.letterRetryMax)
        }
        do {
            try service.store.settle(letter, settlement)
        } catch {
            // Settled in memory only: the next start finds it as it was before this attempt.
            logger.error(
                "a letter cannot be settled",
                metadata: ["letter": "\(letter.id)", "error": "\(error)"])
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
        }
    }
}
