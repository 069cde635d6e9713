import Foundation
import GuituModel

/// What a password must be: long, and not what everybody tries first.
///
/// No rule about kinds of characters: a sentence of Chinese characters is a good
/// password, and forced digits become a "1" at the end (NIST SP 800-63B 5.1.1.2).
public enum PasswordRules {
    /// In characters as a person counts them.
    public static let shortest = 10
    public static let longest = 200

    public enum Failure: String, CaseIterable, Sendable {
        case tooShort, tooLong, controlCharacter, isTheLogin, isCommon

        func saying(field: String) -> Saying {
            switch self {
            case .tooShort: Saying("password.tooShort", ["min": "\(shortest)"], field: field)
            case .tooLong: Saying("password.tooLong", ["max": "\(longest)"], field: field)
            case .controlCharacter: Saying("password.controlCharacter", field: field)
            case .isTheLogin: Saying("password.isTheLogin", field: field)
            case .isCommon: Saying("password.isCommon", field: field)
            }
        }
    }

    public static func failure(of password: Secret, login: String) -> Failure? {
        let text = password.reveal.precomposedStringWithCanonicalMapping
        guard text.utf8.count <= longest * 4, text.count <= longest else { return .tooLong }
        guard text.count >= shortest else { return .tooShort }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return .controlCharacter }
        let folded = TextNormalizer.key(text)
        let name = TextNormalizer.key(login)
        if folded == name || (name.count >= 3 && folded.replacing(name, with: "").count < 5) {
            return .isTheLogin
        }
        return isCommon(folded) ? .isCommon : nil
    }

    /// Ours, from what people in offices write on the note beside the screen:
    /// keyboard rows, one thing repeated, years, names of the office. A password
    /// is common if little is left once these are taken out.
    private static func isCommon(_ folded: String) -> Bool {
        if Set(folded).count < 5 { return true }
        if isRun(folded) { return true }
        var rest = folded
        for piece in pieces { rest = rest.replacing(piece, with: "") }
        let letters = rest.filter { !$0.isNumber && !$0.isPunctuation && !$0.isSymbol }
        return letters.count < 3 && rest.count < 8
    }

    /// 0123456789, zyxwvutsrq and the like.
    private static func isRun(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        let steps = zip(values, values.dropFirst()).map { $1 - $0 }
        return steps.count(where: { abs($0) == 1 }) * 4 >= steps.count * 3
    }

    private static let pieces = [
        // Longest first, so that a short piece never spoils a long one.
        "qwertyuiop", "1qaz2wsx3edc", "administrator", "qazwsxedc", "asdfghjkl", "jiuzhuzhan",
        "0123456789", "1234567890", "9876543210", "passw0rd", "password", "1qaz2wsx", "12345678",
        "zhongguo", "woaini", "iloveyou", "jiuzhu", "minzheng", "minzhengju", "88888888",
        "66666666", "11111111", "00000000", "123456", "654321", "abc123", "qwerty", "letmein",
        "welcome", "changeme", "xiugai", "mima", "admin", "guitu", "huanying", "a123456",
        "5201314", "1314520", "147258369", "123123", "112233", "abcdef", "abcd", "qwer", "asdf",
        "zxcv", "666", "888", "520", "1234", "test", "root", "user", "station", "我爱你", "救助站",
        "救助管理站", "民政局", "管理员", "密码", "归途", "中国", "欢迎",
    ].sorted { $0.count > $1.count }
}
