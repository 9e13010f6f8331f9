import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire

/// A subject's row, as it rests in memory, in a checkpoint and later in any other store.
struct SubjectRecord: WireMessage {
    var traffic: Traffic
    var account: Account?
    var deletedAccount: Account?

    init(_ subject: Subject) {
        traffic = subject.traffic
        account = subject.account
        deletedAccount = subject.deletedAccount
    }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_subject_row_descriptor()
    }

    init(_ message: Rekey__V1__SubjectRow) throws(Refusal) {
        traffic = Traffic(
            resetRequests: timestamps(message.n_reset_requests_ms, message.reset_requests_ms),
            loginFailures: Int(message.login_failures),
            lastLoginFailure: message.last_login_failure_ms == 0
                ? nil : Timestamp(wire: message.last_login_failure_ms))
        if let row = message.account {
            account = try AccountRecord(row.pointee).account
        }
        if let row = message.deleted_account {
            deletedAccount = try AccountRecord(row.pointee).account
        }
    }

    func fill(_ message: inout Rekey__V1__SubjectRow, _ arena: Arena) {
        (message.n_reset_requests_ms, message.reset_requests_ms) =
            arena.table(traffic.resetRequests, \.wire)
        message.login_failures = UInt32(clamping: traffic.loginFailures)
        message.last_login_failure_ms = traffic.lastLoginFailure?.wire ?? 0
        if let account { message.account = arena.message(AccountRecord(account: account)) }
        if let deletedAccount {
            message.deleted_account = arena.message(AccountRecord(account: deletedAccount))
        }
    }
}

struct AccountRecord: WireMessage {
    var account: Account

    init(account: Account) { self.account = account }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_account_row_descriptor()
    }

    init(_ message: Rekey__V1__AccountRow) throws(Refusal) {
        let profile: ProfileRow = try required(message.profile, "profile")
        account = Account(
            profile: profile.profile, createdAt: Timestamp(wire: message.created_at_ms))
        account.version = message.version
        account.mobileConfirmed = message.mobile_confirmed != 0
        account.hold = try known(message.hold.rawValue, "hold")
        if let row = message.password { account.password = try PasswordRow(row.pointee).record }
        account.passwordVersion = message.password_version
        account.resets = try elements(message.n_resets, message.resets) {
            (row: ResetRecord) in row.reset
        }
        account.wrongCodes = timestamps(message.n_wrong_codes_ms, message.wrong_codes_ms)
        account.sessions = try elements(message.n_sessions, message.sessions) {
            (row: SessionRecord) in row.session
        }
        account.contactChange = try contactChange(message.contact_change)
    }

    func fill(_ message: inout Rekey__V1__AccountRow, _ arena: Arena) {
        message.profile = arena.message(ProfileRow(profile: account.profile))
        message.version = account.version
        message.created_at_ms = account.createdAt.wire
        message.mobile_confirmed = account.mobileConfirmed ? 1 : 0
        message.hold = .init(rawValue: account.hold.rawValue)
        if let password = account.password {
            message.password = arena.message(PasswordRow(record: password))
        }
        message.password_version = account.passwordVersion
        (message.n_resets, message.resets) = arena.messages(account.resets.map(ResetRecord.init))
        (message.n_wrong_codes_ms, message.wrong_codes_ms) = arena.table(account.wrongCodes, \.wire)
        (message.n_sessions, message.sessions) =
            arena.messages(account.sessions.map(SessionRecord.init))
        if let change = account.contactChange {
            message.contact_change = arena.message(ContactChangeRecord(change: change))
        }
    }
}

struct ProfileRow: WireMessage {
    var profile: Profile

    init(profile: Profile) { self.profile = profile }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_profile_row_descriptor()
    }

    init(_ message: Rekey__V1__ProfileRow) throws(Refusal) {
        guard let language = Language(rawValue: message.language.text) else {
            throw .field("language", "not one that this version knows")
        }
        profile = Profile(
            identifier: message.identifier.text, name: message.name.text,
            mail: message.mail.text, mobile: message.mobile.text, language: language)
    }

    func fill(_ message: inout Rekey__V1__ProfileRow, _ arena: Arena) {
        message.identifier = arena.string(profile.identifier)
        message.name = arena.string(profile.name)
        message.mail = arena.string(profile.mail)
        message.mobile = arena.string(profile.mobile)
        message.language = arena.string(profile.language.rawValue)
    }
}

struct PasswordRow: WireMessage {
    var record: PasswordRecord

    init(record: PasswordRecord) { self.record = record }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_password_row_descriptor()
    }

    init(_ message: Rekey__V1__PasswordRow) throws(Refusal) {
        record = PasswordRecord(
            cost: HashCost(memoryKiB: message.memory_kib, passes: message.passes),
            pepper: message.pepper, salt: Array(message.salt.bytes),
            tag: Array(message.tag.bytes))
    }

    func fill(_ message: inout Rekey__V1__PasswordRow, _ arena: Arena) {
        message.memory_kib = record.cost.memoryKiB
        message.passes = record.cost.passes
        message.pepper = record.pepper
        message.salt = arena.data(record.salt)
        message.tag = arena.data(record.tag)
    }
}

struct ResetRecord: WireMessage {
    var reset: Reset

    init(reset: Reset) { self.reset = reset }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_reset_row_descriptor()
    }

    init(_ message: Rekey__V1__ResetRow) throws(Refusal) {
        reset = Reset(
            id: try message.id.id("id"), purpose: try known(message.purpose.rawValue, "purpose"),
            openedAt: Timestamp(wire: message.opened_at_ms),
            validUntil: Timestamp(wire: message.valid_until_ms),
            codeGeneration: Int(message.code_generation),
            codeValidUntil: Timestamp(wire: message.code_valid_until_ms),
            wrongCodes: Int(message.wrong_codes))
    }

    func fill(_ message: inout Rekey__V1__ResetRow, _ arena: Arena) {
        message.id = arena.data(reset.id)
        message.purpose = .init(rawValue: reset.purpose.rawValue)
        message.opened_at_ms = reset.openedAt.wire
        message.valid_until_ms = reset.validUntil.wire
        message.code_generation = UInt32(clamping: reset.codeGeneration)
        message.code_valid_until_ms = reset.codeValidUntil.wire
        message.wrong_codes = UInt32(clamping: reset.wrongCodes)
    }
}

struct SessionRecord: WireMessage {
    var session: Session

    init(session: Session) { self.session = session }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_session_row_descriptor()
    }

    init(_ message: Rekey__V1__SessionRow) throws(Refusal) {
        session = Session(
            id: try message.id.id("id"), openedAt: Timestamp(wire: message.opened_at_ms),
            usedAt: Timestamp(wire: message.used_at_ms))
    }

    func fill(_ message: inout Rekey__V1__SessionRow, _ arena: Arena) {
        message.id = arena.data(session.id)
        message.opened_at_ms = session.openedAt.wire
        message.used_at_ms = session.usedAt.wire
    }
}

struct ContactChangeRecord: WireMessage {
    var change: ContactChange

    init(change: ContactChange) { self.change = change }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_contact_change_row_descriptor()
    }

    init(_ message: Rekey__V1__ContactChangeRow) throws(Refusal) {
        change = ContactChange(
            id: try message.id.id("id"), heldUntil: Timestamp(wire: message.held_until_ms),
            mail: message.mail.text, mobile: message.mobile.text,
            mobileConfirmed: message.mobile_confirmed != 0)
    }

    func fill(_ message: inout Rekey__V1__ContactChangeRow, _ arena: Arena) {
        message.id = arena.data(change.id)
        message.held_until_ms = change.heldUntil.wire
        message.mail = arena.string(change.mail)
        message.mobile = arena.string(change.mobile)
        message.mobile_confirmed = change.mobileConfirmed ? 1 : 0
    }
}
