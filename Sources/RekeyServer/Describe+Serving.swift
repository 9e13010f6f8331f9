public import RekeyCore
public import RekeyService
import RekeyStore
import RekeyWire

// What a server tells of itself is what its transport keeps to, so the transport answers.
extension Describe: ServedAtOnce {
    public static func answerNow(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply { description }

    private static let description = Reply(
        descriptorSet: ProtocolDescription.descriptorSet, methods: ProtocolDescription.methods,
        limits: ServerLimits(
            requestFrameBytesMax: WireLimits.requestFrameBytesMax,
            responseFrameBytesMax: WireLimits.responseFrameBytesMax,
            callsMax: WireLimits.callsInFlightMax, deadlineDefault: WireLimits.deadlineDefault,
            deadlineMax: WireLimits.deadlineMax, helloWithin: WireLimits.helloWithin,
            frameWithin: WireLimits.frameWithin, idle: WireLimits.idleMax,
            pingAfter: WireLimits.pingAfter, pongWithin: WireLimits.pongWithin,
            drain: WireLimits.drainMax,
            idempotencyKeyBytesMax: WireLimits.idempotencyKeyBytesMax,
            idempotencyKeysMax: IdempotencyKey.perCallerMax, idempotencyLife: IdempotencyKey.life))
}
