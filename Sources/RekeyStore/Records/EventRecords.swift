import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire

/// One event as it stands in the log.
struct EventRecord: WireMessage {
    var event: Event

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { rekey_event_descriptor() }
}

extension EventRecord {
    init(_ message: Rekey__V1__Event) throws(Refusal) {
        switch message.kind_case {
        case REKEY__V1__EVENT__KIND_RESET_REQUESTED:
            let body = message.reset_requested.pointee
            event = .resetRequested(
                try reset(body.reset), try known(body.standing.rawValue, "standing"))
        case REKEY__V1__EVENT__KIND_CODE_RESENT:
            let body = message.code_resent.pointee
            event = .codeResent(
                try body.reset.id("reset"), generation: Int(body.generation),
                codeValidUntil: Timestamp(wire: body.code_valid_until_ms))
        case REKEY__V1__EVENT__KIND_ACTIVATION_FAILED:
            let body = message.activation_failed.pointee
            event = .activationFailed(
                try body.reset.id("reset"), try known(body.counting.rawValue, "counting"))
        case REKEY__V1__EVENT__KIND_ACTIVATED:
            let body = message.activated.pointee
            event = .activated(try body.reset.id("reset"), try password(body.password))
        case REKEY__V1__EVENT__KIND_LOGIN_FAILED:
            let body = message.login_failed.pointee
            event = .loginFailed(try known(body.counting.rawValue, "counting"))
        case REKEY__V1__EVENT__KIND_LOGGED_IN:
            let body = message.logged_in.pointee
            event = .loggedIn(
                try body.session.id("session"), ended: try ids(body.n_ended, body.ended))
        case REKEY__V1__EVENT__KIND_PASSWORD_REHASHED:
            event = .passwordRehashed(try password(message.password_rehashed.pointee.password))
        case REKEY__V1__EVENT__KIND_SESSION_USED:
            event = .sessionUsed(try message.session_used.pointee.session.id("session"))
        case REKEY__V1__EVENT__KIND_SESSION_ENDED:
            event = .sessionEnded(try message.session_ended.pointee.session.id("session"))
        case REKEY__V1__EVENT__KIND_PASSWORD_CHANGED:
            let body = message.password_changed.pointee
            event = .passwordChanged(
                keeping: try body.session.id("session"), try password(body.password))
        case REKEY__V1__EVENT__KIND_ACCOUNT_CREATED:
            let body = message.account_created.pointee
            event = .accountCreated(try profile(body.profile), try reset(body.reset))
        case REKEY__V1__EVENT__KIND_ACCOUNT_UPDATED:
            let body = message.account_updated.pointee
            event = .accountUpdated(
                try profile(body.profile), try contactChange(body.contact_change))
        case REKEY__V1__EVENT__KIND_ACCOUNT_HELD:
            event = .accountHeld(try known(message.account_held.pointee.hold.rawValue, "hold"))
        case REKEY__V1__EVENT__KIND_SUSPENSION_LIFTED:
            event = .suspensionLifted
        case REKEY__V1__EVENT__KIND_ACCOUNT_DELETED:
            event = .accountDeleted(
                try contactChange(message.account_deleted.pointee.contact_change))
        case REKEY__V1__EVENT__KIND_SESSIONS_REVOKED:
            event = .sessionsRevoked
        case REKEY__V1__EVENT__KIND_CONTACT_CHANGE_CANCELLED:
            event = .contactChangeCancelled(
                try message.contact_change_cancelled.pointee.change.id("change"))
        default:
            throw .field("event", "of a kind that this version does not know")
        }
    }
}

extension EventRecord {
    func fill(_ message: inout Rekey__V1__Event, _ arena: Arena) {
        switch event {
        case .resetRequested(let reset, let standing):
            message.kind_case = REKEY__V1__EVENT__KIND_RESET_REQUESTED
            message.reset_requested = arena.body(rekey_reset_requested_descriptor()) {
                $0.reset = arena.message(ResetRecord(reset: reset))
                $0.standing = .init(rawValue: standing.rawValue)
            }
        case .codeResent(let id, let generation, let codeValidUntil):
            message.kind_case = REKEY__V1__EVENT__KIND_CODE_RESENT
            message.code_resent = arena.body(rekey_code_resent_descriptor()) {
                $0.reset = arena.data(id)
                $0.generation = UInt32(clamping: generation)
                $0.code_valid_until_ms = codeValidUntil.wire
            }
        case .activationFailed(let id, let counting):
            message.kind_case = REKEY__V1__EVENT__KIND_ACTIVATION_FAILED
            message.activation_failed = arena.body(rekey_activation_failed_descriptor()) {
                $0.reset = arena.data(id)
                $0.counting = .init(rawValue: counting.rawValue)
            }
        case .activated(let id, let password):
            message.kind_case = REKEY__V1__EVENT__KIND_ACTIVATED
            message.activated = arena.body(rekey_activated_descriptor()) {
                $0.reset = arena.data(id)
                $0.password = arena.message(PasswordRow(record: password))
            }
        case .loginFailed(let counting):
            message.kind_case = REKEY__V1__EVENT__KIND_LOGIN_FAILED
            message.login_failed = arena.body(rekey_login_failed_descriptor()) {
                $0.counting = .init(rawValue: counting.rawValue)
            }
        case .loggedIn(let id, let ended):
            message.kind_case = REKEY__V1__EVENT__KIND_LOGGED_IN
            message.logged_in = arena.body(rekey_logged_in_descriptor()) {
                $0.session = arena.data(id)
                ($0.n_ended, $0.ended) = arena.table(ended) { arena.data($0) }
            }
        case .passwordRehashed(let password):
            message.kind_case = REKEY__V1__EVENT__KIND_PASSWORD_REHASHED
            message.password_rehashed = arena.body(rekey_password_rehashed_descriptor()) {
                $0.password = arena.message(PasswordRow(record: password))
            }
        case .sessionUsed(let id):
            message.kind_case = REKEY__V1__EVENT__KIND_SESSION_USED
            message.session_used = arena.body(rekey_session_used_descriptor()) {
                $0.session = arena.data(id)
            }
        case .sessionEnded(let id):
            message.kind_case = REKEY__V1__EVENT__KIND_SESSION_ENDED
            message.session_ended = arena.body(rekey_session_ended_descriptor()) {
                $0.session = arena.data(id)
            }
        case .passwordChanged(let kept, let password):
            message.kind_case = REKEY__V1__EVENT__KIND_PASSWORD_CHANGED
            message.password_changed = arena.body(rekey_password_changed_descriptor()) {
                $0.session = arena.data(kept)
                $0.password = arena.message(PasswordRow(record: password))
            }
        case .accountCreated(let profile, let reset):
            message.kind_case = REKEY__V1__EVENT__KIND_ACCOUNT_CREATED
            message.account_created = arena.body(rekey_account_created_descriptor()) {
                $0.profile = arena.message(ProfileRow(profile: profile))
                $0.reset = arena.message(ResetRecord(reset: reset))
            }
        case .accountUpdated(let profile, let change):
            message.kind_case = REKEY__V1__EVENT__KIND_ACCOUNT_UPDATED
            message.account_updated = arena.body(rekey_account_updated_descriptor()) {
                $0.profile = arena.message(ProfileRow(profile: profile))
                if let change {
                    $0.contact_change = arena.message(ContactChangeRecord(change: change))
                }
            }
        case .accountHeld(let hold):
            message.kind_case = REKEY__V1__EVENT__KIND_ACCOUNT_HELD
            message.account_held = arena.body(rekey_account_held_descriptor()) {
                $0.hold = .init(rawValue: hold.rawValue)
            }
        case .suspensionLifted:
            message.kind_case = REKEY__V1__EVENT__KIND_SUSPENSION_LIFTED
            message.suspension_lifted = arena.body(rekey_suspension_lifted_descriptor())
        case .accountDeleted(let change):
            message.kind_case = REKEY__V1__EVENT__KIND_ACCOUNT_DELETED
            message.account_deleted = arena.body(rekey_account_deleted_descriptor()) {
                if let change {
                    $0.contact_change = arena.message(ContactChangeRecord(change: change))
                }
            }
        case .sessionsRevoked:
            message.kind_case = REKEY__V1__EVENT__KIND_SESSIONS_REVOKED
            message.sessions_revoked = arena.body(rekey_sessions_revoked_descriptor())
        case .contactChangeCancelled(let id):
            message.kind_case = REKEY__V1__EVENT__KIND_CONTACT_CHANGE_CANCELLED
            message.contact_change_cancelled = arena.body(
                rekey_contact_change_cancelled_descriptor()
            ) {
                $0.change = arena.data(id)
            }
        }
    }
}

private func ids(
    _ count: Int, _ table: UnsafeMutablePointer<ProtobufCBinaryData>?
) throws(Refusal) -> [SessionID] {
    var ids: [SessionID] = []
    for index in 0..<count {
        guard let table else { break }
        ids.append(try table[index].id("ended"))
    }
    return ids
}

private func reset(_ row: UnsafeMutablePointer<Rekey__V1__ResetRow>?) throws(Refusal) -> Reset {
    let record: ResetRecord = try required(row, "reset")
    return record.reset
}

private func password(
    _ row: UnsafeMutablePointer<Rekey__V1__PasswordRow>?
) throws(Refusal) -> PasswordRecord {
    let row: PasswordRow = try required(row, "password")
    return row.record
}

private func profile(
    _ row: UnsafeMutablePointer<Rekey__V1__ProfileRow>?
) throws(Refusal) -> Profile {
    let row: ProfileRow = try required(row, "profile")
    return row.profile
}

/// nil where none stands.
func contactChange(
    _ row: UnsafeMutablePointer<Rekey__V1__ContactChangeRow>?
) throws(Refusal) -> ContactChange? {
    guard let row else { return nil }
    return try ContactChangeRecord(row.pointee).change
}
