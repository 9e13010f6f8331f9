// What a build for tests can leave out by name, to see that the conformance suite then fails. A release
// build holds none of this: `holds` is true there, always.
#if TEETH
    import Glibc
#endif

/// One thing that the protocol hangs on. `REKEY_TOOTH` names the one that a build with `-D TEETH` leaves
/// out.
package enum ProtocolTooth: String, CaseIterable, Sendable {
    // The connection.
    case helloFirst, helloOnce, helloWithin, helloLimits, versions
    case lengthMax, frameKinds, frameWithin
    case callIDs, callsMax, cancelledStayInFlight
    case announcement, lateCalls, halfClose, linger, flood, pongToken
    // A call.
    case methods, deadlines, cancels, replyLimit, notProcessed, retryAfter, details, traceContext
    case keys, keyLength, keyFingerprint, loginTakesNoKey
    // What a message may be.
    case wireTypes, utf8, nul, submessages, unknownFields, repeats, depth
    // What a request may say.
    case origin, confirmation, earlierSession, fieldMask, pageLimit
    case healthWhileDraining
    // Who may call.
    case tlsVersion, clientCertificate, handshakeWithin, knownCallers, revocations, liveAccess
    case authorities
    case roles, narrowing, callerConnections

    #if TEETH
        private static let pulled = getenv("REKEY_TOOTH").map { String(cString: $0) }

        /// Whether it is in its place.
        package var holds: Bool { Self.pulled != rawValue }
    #else
        @inlinable package var holds: Bool { true }
    #endif
}
