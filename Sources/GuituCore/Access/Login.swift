import Foundation
import GuituModel

/// The name somebody signs in with; not their name.
enum Login {
    /// As it is kept and looked up: half-width, lower case, without blanks around.
    static func normalised(_ typed: String) -> String {
        TextNormalizer.plain(typed).lowercased().trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// 3 to 32 letters of any script, digits, `.`, `-`, `_`.
    static func isAcceptable(_ login: String) -> Bool {
        (3...32).contains(login.count) && login.utf8.count <= 128
            && login.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType == .decimal
                    || ".-_".unicodeScalars.contains($0)
            }
    }
}

extension FormCheck {
    mutating func login(_ value: String, _ field: String) -> String {
        let clean = Login.normalised(text(value, field, limit: 64, required: true))
        if !clean.isEmpty, !Login.isAcceptable(clean) { fail(field, "account.login") }
        return clean
    }
}
