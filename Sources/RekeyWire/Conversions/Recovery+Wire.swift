public import CProtobufC
public import CRekeyProto
import Glibc
public import RekeyCore

extension RequestReset.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_request_reset_request_descriptor()
    }

    public init(_ message: Rekey__V1__RequestResetRequest) throws(Refusal) {
        self.init(
            identifier: message.identifier.text,
            origin: try Origin(checking: message.origin))
    }

    public func fill(_ message: inout Rekey__V1__RequestResetRequest, _ arena: Arena) {
        message.identifier = arena.string(identifier)
        message.origin = arena.message(origin)
    }
}

extension RequestReset.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_request_reset_reply_descriptor()
    }

    public init(_ message: Rekey__V1__RequestResetReply) throws(Refusal) {
        self.init(
            linkLife: .milliseconds(Int64(clamping: message.link_life_ms)))
    }

    public func fill(_ message: inout Rekey__V1__RequestResetReply, _ arena: Arena) {
        message.link_life_ms = UInt64(clamping: linkLife.milliseconds)
    }
}

extension ValidateLink.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_validate_link_request_descriptor()
    }

    public init(_ message: Rekey__V1__ValidateLinkRequest) throws(Refusal) {
        self.init(
            link: message.link.secret,
            origin: try Origin(checking: message.origin))
    }

    public func fill(_ message: inout Rekey__V1__ValidateLinkRequest, _ arena: Arena) {
        message.link = arena.data(link)
        message.origin = arena.message(origin)
    }
}

extension ValidateLink.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_validate_link_reply_descriptor()
    }

    public init(_ message: Rekey__V1__ValidateLinkReply) throws(Refusal) {
        self.init(
            validUntil: Timestamp(wire: message.valid_until_ms),
            password: try required(message.password, "password"),
            maskedMail: message.masked_mail.text,
            maskedMobile: message.masked_mobile.text,
            codeValidUntil: Timestamp(wire: message.code_valid_until_ms),
            resendsLeft: Int(message.resends_left),
            isActivation: message.activation != 0)
    }

    public func fill(_ message: inout Rekey__V1__ValidateLinkReply, _ arena: Arena) {
        message.valid_until_ms = validUntil.wire
        message.password = arena.message(password)
        message.masked_mail = arena.string(maskedMail)
        message.masked_mobile = arena.string(maskedMobile)
        message.code_valid_until_ms = codeValidUntil.wire
        message.resends_left = .init(clamping: resendsLeft)
        message.activation = isActivation ? 1 : 0
    }
}

extension PasswordRules: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_password_rules_descriptor()
    }

    public init(_ message: Rekey__V1__PasswordRules) throws(Refusal) {
        self.init(
            codePointsMin: Int(message.code_points_min),
            bytesMax: Int(message.bytes_max))
    }

    public func fill(_ message: inout Rekey__V1__PasswordRules, _ arena: Arena) {
        message.code_points_min = .init(clamping: codePointsMin)
        message.bytes_max = .init(clamping: bytesMax)
    }
}

extension ResendCode.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_resend_code_request_descriptor()
    }

    public init(_ message: Rekey__V1__ResendCodeRequest) throws(Refusal) {
        self.init(
            link: message.link.secret,
            origin: try Origin(checking: message.origin))
    }

    public func fill(_ message: inout Rekey__V1__ResendCodeRequest, _ arena: Arena) {
        message.link = arena.data(link)
        message.origin = arena.message(origin)
    }
}

extension ResendCode.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_resend_code_reply_descriptor()
    }

    public init(_ message: Rekey__V1__ResendCodeReply) throws(Refusal) {
        self.init(
            codeValidUntil: Timestamp(wire: message.code_valid_until_ms),
            resendsLeft: Int(message.resends_left))
    }

    public func fill(_ message: inout Rekey__V1__ResendCodeReply, _ arena: Arena) {
        message.code_valid_until_ms = codeValidUntil.wire
        message.resends_left = .init(clamping: resendsLeft)
    }
}

extension Activate.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_activate_request_descriptor()
    }

    public init(_ message: Rekey__V1__ActivateRequest) throws(Refusal) {
        self.init(
            link: message.link.secret,
            code: message.code.secret,
            password: message.password.secret,
            confirmation: ProtocolTooth.confirmation.holds
                ? message.confirmation.secret : message.password.secret,
            origin: try Origin(checking: message.origin))
    }

    public func fill(_ message: inout Rekey__V1__ActivateRequest, _ arena: Arena) {
        message.link = arena.data(link)
        message.code = arena.data(code)
        message.password = arena.data(password)
        message.confirmation = arena.data(confirmation)
        message.origin = arena.message(origin)
    }
}

extension CancelContactChange.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_cancel_contact_change_request_descriptor()
    }

    public init(_ message: Rekey__V1__CancelContactChangeRequest) throws(Refusal) {
        self.init(
            link: message.link.secret,
            origin: try Origin(checking: message.origin))
    }

    public func fill(_ message: inout Rekey__V1__CancelContactChangeRequest, _ arena: Arena) {
        message.link = arena.data(link)
        message.origin = arena.message(origin)
    }
}

extension Login.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_login_request_descriptor()
    }

    public init(_ message: Rekey__V1__LoginRequest) throws(Refusal) {
        self.init(
            identifier: message.identifier.text,
            password: message.password.secret,
            origin: try Origin(checking: message.origin),
            earlierSession: message.earlier_session.len == 0 || !ProtocolTooth.earlierSession.holds
                ? nil : message.earlier_session.secret)
    }

    public func fill(_ message: inout Rekey__V1__LoginRequest, _ arena: Arena) {
        message.identifier = arena.string(identifier)
        message.password = arena.data(password)
        message.origin = arena.message(origin)
        if let earlierSession { message.earlier_session = arena.data(earlierSession) }
    }
}

extension Login.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_login_reply_descriptor()
    }

    public init(_ message: Rekey__V1__LoginReply) throws(Refusal) {
        self.init(
            session: message.session.secret,
            validUntil: Timestamp(wire: message.valid_until_ms),
            idle: .milliseconds(Int64(clamping: message.idle_ms)))
    }

    public func fill(_ message: inout Rekey__V1__LoginReply, _ arena: Arena) {
        message.session = arena.data(session)
        message.valid_until_ms = validUntil.wire
        message.idle_ms = UInt64(clamping: idle.milliseconds)
    }
}

extension CheckSession.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_check_session_request_descriptor()
    }

    public init(_ message: Rekey__V1__CheckSessionRequest) throws(Refusal) {
        self.init(
            session: message.session.secret)
    }

    public func fill(_ message: inout Rekey__V1__CheckSessionRequest, _ arena: Arena) {
        message.session = arena.data(session)
    }
}

extension CheckSession.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_check_session_reply_descriptor()
    }

    public init(_ message: Rekey__V1__CheckSessionReply) throws(Refusal) {
        self.init(
            account: try id(message.account_id, "account_id"),
            identifier: message.identifier.text,
            name: message.name.text,
            validUntil: Timestamp(wire: message.valid_until_ms),
            idleUntil: Timestamp(wire: message.idle_until_ms))
    }

    public func fill(_ message: inout Rekey__V1__CheckSessionReply, _ arena: Arena) {
        message.account_id = arena.string(account.description)
        message.identifier = arena.string(identifier)
        message.name = arena.string(name)
        message.valid_until_ms = validUntil.wire
        message.idle_until_ms = idleUntil.wire
    }
}

extension ChangePassword.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_change_password_request_descriptor()
    }

    public init(_ message: Rekey__V1__ChangePasswordRequest) throws(Refusal) {
        self.init(
            session: message.session.secret,
            currentPassword: message.current_password.secret,
            newPassword: message.new_password.secret,
            confirmation: message.confirmation.secret,
            origin: try Origin(checking: message.origin))
    }

    public func fill(_ message: inout Rekey__V1__ChangePasswordRequest, _ arena: Arena) {
        message.session = arena.data(session)
        message.current_password = arena.data(currentPassword)
        message.new_password = arena.data(newPassword)
        message.confirmation = arena.data(confirmation)
        message.origin = arena.message(origin)
    }
}

extension Logout.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_logout_request_descriptor()
    }

    public init(_ message: Rekey__V1__LogoutRequest) throws(Refusal) {
        self.init(
            session: message.session.secret)
    }

    public func fill(_ message: inout Rekey__V1__LogoutRequest, _ arena: Arena) {
        message.session = arena.data(session)
    }
}

extension Health.Request: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_health_request_descriptor()
    }

    public init(_ message: Rekey__V1__HealthRequest) throws(Refusal) {
        self.init(service: message.service.text)
    }

    public func fill(_ message: inout Rekey__V1__HealthRequest, _ arena: Arena) {
        message.service = arena.string(service)
    }
}

extension Health.Reply: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_health_reply_descriptor()
    }

    public init(_ message: Rekey__V1__HealthReply) throws(Refusal) {
        self = Health.Reply(rawValue: message.status.rawValue) ?? .notServing
    }

    public func fill(_ message: inout Rekey__V1__HealthReply, _ arena: Arena) {
        message.status = .init(rawValue: rawValue)
    }
}

/// A message without fields has the layout of them all: whose descriptor it carries does not show
/// on the wire.
extension Nothing: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_activate_reply_descriptor()
    }

    public init(_ message: Rekey__V1__ActivateReply) throws(Refusal) { self.init() }

    public func fill(_ message: inout Rekey__V1__ActivateReply, _ arena: Arena) {}
}

extension Origin: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_origin_descriptor()
    }

    public init(_ message: Rekey__V1__Origin) throws(Refusal) {
        self.init(
            address: message.address.text,
            agent: message.agent.text)
    }

    public func fill(_ message: inout Rekey__V1__Origin, _ arena: Arena) {
        message.address = arena.string(address)
        message.agent = arena.string(agent)
    }
}

extension Origin {
    /// Absent is allowed; what is there must be an address, and fit one line of a log.
    init(checking message: UnsafeMutablePointer<Rekey__V1__Origin>?) throws(Refusal) {
        guard let message else {
            self.init()
            return
        }
        try self.init(message.pointee)
        guard ProtocolTooth.origin.holds else { return }
        var parsed = in6_addr()
        guard
            address.isEmpty || inet_pton(AF_INET, address, &parsed) == 1
                || inet_pton(AF_INET6, address, &parsed) == 1
        else { throw .field("origin.address", "an IPv4 or IPv6 address") }
        guard agent.utf8.count <= 256, agent.isPlainText else {
            throw .field("origin.agent", "at most 256 bytes without control characters")
        }
    }
}

/// An id in a string field: 32 hexadecimal digits.
func id<ID: Identifier128>(
    _ pointer: UnsafeMutablePointer<CChar>?, _ field: String, _: ID.Type = ID.self
) throws(Refusal) -> ID {
    guard let id = ID(hexadecimal: pointer.text) else {
        throw .field(field, "must be 32 hexadecimal digits")
    }
    return id
}

/// The same where empty stands for none.
func optionalID<ID: Identifier128>(
    _ pointer: UnsafeMutablePointer<CChar>?, _ field: String, _: ID.Type = ID.self
) throws(Refusal) -> ID? {
    pointer.text.isEmpty ? nil : try id(pointer, field)
}
