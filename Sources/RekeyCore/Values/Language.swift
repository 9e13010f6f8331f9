/// The language of somebody's letters.
public enum Language: String, CaseIterable, Sendable {
    case french = "fr"
    case english = "en"
}
