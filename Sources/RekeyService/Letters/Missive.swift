/// What a courier carries.
public enum Missive: Equatable, Sendable {
    case mail(Mail)
    case sms(Text)
}
