public import CProtobufC
public import CRekeyProto
public import RekeyCore

extension AccountSummary: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_account_descriptor()
    }

    public init(_ message: Rekey__V1__Account) throws(Refusal) {
        self.init(
            id: try RekeyWire.id(message.id, "id"),
            profile: Profile(
                identifier: message.identifier.text, name: message.name.text,
                mail: message.mail.text, mobile: message.mobile.text,
                language: try Language(wire: message.language)),
            state: try AccountState(wire: message.state),
            mobileConfirmed: message.mobile_confirmed != 0,
            version: message.version,
            createdAt: Timestamp(wire: message.created_at_ms),
            liveSessions: Int(message.live_sessions),
            openResets: Int(message.open_resets),
            loginFailures: Int(message.login_failures),
            contactHoldUntil: message.contact_hold_until_ms == 0
                ? nil : Timestamp(wire: message.contact_hold_until_ms))
    }

    public func fill(_ message: inout Rekey__V1__Account, _ arena: Arena) {
        message.id = arena.string(id.description)
        message.identifier = arena.string(profile.identifier)
        message.name = arena.string(profile.name)
        message.mail = arena.string(profile.mail)
        message.mobile = arena.string(profile.mobile)
        message.language = profile.language.wire
        message.state = .init(rawValue: state.rawValue)
        message.mobile_confirmed = mobileConfirmed ? 1 : 0
        message.version = version
        message.created_at_ms = createdAt.wire
        message.live_sessions = .init(clamping: liveSessions)
        message.open_resets = .init(clamping: openResets)
        message.login_failures = .init(clamping: loginFailures)
        message.contact_hold_until_ms = contactHoldUntil?.wire ?? 0
    }
}

extension AccountState {
    init(wire state: Rekey__V1__AccountState) throws(Refusal) {
        guard let known = AccountState(rawValue: state.rawValue) else {
            throw .field("state", "a state that this version does not know")
        }
        self = known
    }
}

extension Language {
    init(wire language: Rekey__V1__Language) throws(Refusal) {
        switch language {
        case REKEY__V1__LANGUAGE__LANGUAGE_FRENCH: self = .french
        case REKEY__V1__LANGUAGE__LANGUAGE_ENGLISH: self = .english
        default: throw .field("language", "LANGUAGE_FRENCH or LANGUAGE_ENGLISH")
        }
    }

    var wire: Rekey__V1__Language {
        switch self {
        case .french: REKEY__V1__LANGUAGE__LANGUAGE_FRENCH
        case .english: REKEY__V1__LANGUAGE__LANGUAGE_ENGLISH
        }
    }
}

extension CreateAccount.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_create_account_request_descriptor()
    }

    public init(_ message: Rekey__V1__CreateAccountRequest) throws(Refusal) {
        self.init(
            identifier: message.identifier.text,
            name: message.name.text,
            mail: message.mail.text,
            mobile: message.mobile.text,
            language: try Language(wire: message.language))
    }

    public func fill(_ message: inout Rekey__V1__CreateAccountRequest, _ arena: Arena) {
        message.identifier = arena.string(identifier)
        message.name = arena.string(name)
        message.mail = arena.string(mail)
        message.mobile = arena.string(mobile)
        message.language = language.wire
    }
}

extension AccountRequest: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_account_request_descriptor()
    }

    public init(_ message: Rekey__V1__AccountRequest) throws(Refusal) {
        self.init(
            identifier: message.identifier.text)
    }

    public func fill(_ message: inout Rekey__V1__AccountRequest, _ arena: Arena) {
        message.identifier = arena.string(identifier)
    }
}

extension UpdateAccount.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_update_account_request_descriptor()
    }

    public init(_ message: Rekey__V1__UpdateAccountRequest) throws(Refusal) {
        self.init(
            identifier: message.identifier.text, expectedVersion: message.expected_version)
        guard message.n_field_mask > 0 else {
            throw .field("field_mask", "names at least one of name, mail, mobile, language")
        }
        for index in 0..<message.n_field_mask {
            switch message.field_mask[index].text {
            case "name": name = message.name.text
            case "mail": mail = message.mail.text
            case "mobile": mobile = message.mobile.text
            case "language": language = try Language(wire: message.language)
            default:
                guard ProtocolTooth.fieldMask.holds else { break }
                throw .field("field_mask", "names name, mail, mobile or language only")
            }
        }
    }

    public func fill(_ message: inout Rekey__V1__UpdateAccountRequest, _ arena: Arena) {
        message.identifier = arena.string(identifier)
        message.expected_version = expectedVersion
        var mask: [String] = []
        if let name {
            mask.append("name")
            message.name = arena.string(name)
        }
        if let mail {
            mask.append("mail")
            message.mail = arena.string(mail)
        }
        if let mobile {
            mask.append("mobile")
            message.mobile = arena.string(mobile)
        }
        if let language {
            mask.append("language")
            message.language = language.wire
        }
        (message.n_field_mask, message.field_mask) = arena.table(mask) {
            Optional(arena.string($0))
        }
    }
}

extension ListAccounts.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_list_accounts_request_descriptor()
    }

    public init(_ message: Rekey__V1__ListAccountsRequest) throws(Refusal) {
        self.init(
            after: try optionalID(message.after, "after"),
            limit: try pageLimit(message.limit))
    }

    public func fill(_ message: inout Rekey__V1__ListAccountsRequest, _ arena: Arena) {
        message.after = arena.string(after?.description ?? "")
        message.limit = UInt32(clamping: limit)
    }
}

extension ListAccounts.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_list_accounts_reply_descriptor()
    }

    public init(_ message: Rekey__V1__ListAccountsReply) throws(Refusal) {
        self.init(
            accounts: try elements(message.n_accounts, message.accounts),
            nextAfter: try optionalID(message.next_after, "next_after"))
    }

    public func fill(_ message: inout Rekey__V1__ListAccountsReply, _ arena: Arena) {
        (message.n_accounts, message.accounts) = arena.messages(accounts)
        message.next_after = arena.string(nextAfter?.description ?? "")
    }
}

extension ListLetters.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_list_letters_request_descriptor()
    }

    public init(_ message: Rekey__V1__ListLettersRequest) throws(Refusal) {
        self.init(
            after: try optionalID(message.after, "after"),
            limit: try pageLimit(message.limit))
    }

    public func fill(_ message: inout Rekey__V1__ListLettersRequest, _ arena: Arena) {
        message.after = arena.string(after?.description ?? "")
        message.limit = UInt32(clamping: limit)
    }
}

extension ListLetters.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_list_letters_reply_descriptor()
    }

    public init(_ message: Rekey__V1__ListLettersReply) throws(Refusal) {
        self.init(
            letters: try elements(message.n_letters, message.letters),
            nextAfter: try optionalID(message.next_after, "next_after"))
    }

    public func fill(_ message: inout Rekey__V1__ListLettersReply, _ arena: Arena) {
        (message.n_letters, message.letters) = arena.messages(letters)
        message.next_after = arena.string(nextAfter?.description ?? "")
    }
}

/// 0 stands for 100.
private func pageLimit(_ limit: UInt32) throws(Refusal) -> Int {
    guard limit <= 1000 || !ProtocolTooth.pageLimit.holds else {
        throw .field("limit", "at most 1000")
    }
    return limit == 0 ? 100 : Int(limit)
}

/// What an operator sees of a letter: neither link nor code, which exist only while it is sent.
extension Letter: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_letter_descriptor()
    }

    public init(_ message: Rekey__V1__Letter) throws(Refusal) {
        self.init(
            id: try RekeyWire.id(message.id, "id"),
            subject: try RekeyWire.id(message.account_id, "account_id"),
            kind: LetterKind(rawValue: UInt8(clamping: message.kind.rawValue)),
            reset: ResetID(rawValue: 0), codeGeneration: 0,
            queuedAt: Timestamp(wire: message.queued_at_ms), attempts: Int(message.attempts),
            nextAttempt: Timestamp(wire: message.next_attempt_at_ms))
    }

    public func fill(_ message: inout Rekey__V1__Letter, _ arena: Arena) {
        message.id = arena.string(id.description)
        message.account_id = arena.string(subject.description)
        message.kind = .init(rawValue: UInt32(kind?.rawValue ?? 0))
        message.queued_at_ms = queuedAt.wire
        message.attempts = UInt32(clamping: attempts)
        message.next_attempt_at_ms = nextAttempt.wire
    }
}

extension RevokeSessions.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_revoke_sessions_reply_descriptor()
    }

    public init(_ message: Rekey__V1__RevokeSessionsReply) throws(Refusal) {
        self.init(
            revoked: Int(message.revoked))
    }

    public func fill(_ message: inout Rekey__V1__RevokeSessionsReply, _ arena: Arena) {
        message.revoked = .init(clamping: revoked)
    }
}

extension ServerStatus.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_server_status_reply_descriptor()
    }

    public init(_ message: Rekey__V1__ServerStatusReply) throws(Refusal) {
        self.init(
            startedAt: Timestamp(wire: message.started_at_ms),
            now: Timestamp(wire: message.now_ms),
            accounts: Int(clamping: message.accounts),
            lettersWaiting: Int(clamping: message.letters_waiting),
            durableSequence: message.durable_sequence,
            logBytesSinceCheckpoint: Int(clamping: message.log_bytes_since_checkpoint),
            connections: Int(message.connections), isDiskFull: message.disk_full != 0,
            clockAhead: .milliseconds(Int64(clamping: message.clock_ahead_ms)),
            certificateValidUntil: message.certificate_valid_until_ms == 0
                ? nil : Timestamp(wire: message.certificate_valid_until_ms),
            handshakesFailed: message.handshakes_failed)
    }

    public func fill(_ message: inout Rekey__V1__ServerStatusReply, _ arena: Arena) {
        message.started_at_ms = startedAt.wire
        message.now_ms = now.wire
        message.accounts = .init(clamping: accounts)
        message.letters_waiting = .init(clamping: lettersWaiting)
        message.durable_sequence = durableSequence
        message.log_bytes_since_checkpoint = .init(clamping: logBytesSinceCheckpoint)
        message.connections = .init(clamping: connections)
        message.disk_full = isDiskFull ? 1 : 0
        message.clock_ahead_ms = UInt64(clamping: clockAhead.milliseconds)
        message.certificate_valid_until_ms = certificateValidUntil?.wire ?? 0
        message.handshakes_failed = handshakesFailed
    }
}
