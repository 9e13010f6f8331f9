import Foundation

/// The settings of a file in JSON: groups of keys, each with a text, a whole number, true or false,
/// or a list of texts. Whatever else stands there is refused by name, so that nothing is passed
/// over in silence.
struct SettingsFile {
    /// By their keys, as a flag or a variable would give them.
    private(set) var values: [String: String] = [:]
    private let path: String

    /// - Throws: `Failure` that names the file, the key and the remedy.
    init(_ path: String) throws {
        self.path = path
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(
                Failure.wrongSetting, "\(path) cannot be read; 'rekeyd init DIRECTORY' makes one")
        }
        guard let root = try? JSONDecoder().decode(Part.self, from: bytes),
            case .group(let members) = root
        else {
            throw Failure(
                Failure.wrongSetting, "\(path) is not a JSON object; see 'rekeyd config'")
        }
        for (name, part) in members.sorted(by: { $0.key < $1.key }) { try add(name, part) }
    }

    private mutating func add(_ key: String, _ part: Part) throws {
        let isSetting = Setting.named(key) != nil
        switch part {
        case .group(let members) where !isSetting:
            guard Setting.all.contains(where: { $0.key.hasPrefix(key + ".") }) else {
                throw unknown(key)
            }
            for (name, part) in members.sorted(by: { $0.key < $1.key }) {
                try add("\(key).\(name)", part)
            }
        case _ where !isSetting: throw unknown(key)
        case .value(let text):
            guard values.updateValue(text, forKey: key) == nil else {
                throw Failure(Failure.wrongSetting, "\(path): \(key) is there twice")
            }
        case .group, .neither:
            throw Failure(
                Failure.wrongSetting,
                "\(path): \(key) must be a text, a whole number, true or false, or a list of texts")
        }
    }

    private func unknown(_ key: String) -> Failure {
        Failure(
            Failure.wrongSetting, "\(path): unknown setting \(key); 'rekeyd config' lists them all")
    }

    private enum Part: Decodable {
        case group([String: Part])
        case value(String)
        case neither

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // A truth value is no number here, nor a number a truth value.
            if let group = try? container.decode([String: Part].self) {
                self = .group(group)
            } else if let text = try? container.decode(String.self) {
                self = .value(text)
            } else if let truth = try? container.decode(Bool.self) {
                self = .value("\(truth)")
            } else if let number = try? container.decode(Int.self) {
                self = .value("\(number)")
            } else if let texts = try? container.decode([String].self) {
                self = .value(texts.joined(separator: ","))
            } else {
                self = .neither
            }
        }
    }
}
