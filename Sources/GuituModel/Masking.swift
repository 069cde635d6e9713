/// What a page shows until somebody gives a reason to see more.
public enum Masking {
    /// `王*国`, `王*`, `欧阳*国`; one character alone stays, nothing else would be left.
    public static func name(_ name: String) -> String {
        let characters = Array(name)
        switch characters.count {
        case 0, 1: return name
        default: break
        }
        let parsed = ChineseName(name)
        if parsed.isPlaceholder { return name }
        if parsed.surname.isEmpty {
            // No surname known: the first character stands, as in 买·····江.
            return String(characters[0]) + characters.dropFirst().map { $0 == "·" ? "·" : "*" }
        }
        let given = Array(parsed.given)
        guard given.count > 1 else {
            return parsed.surname + String(repeating: "*", count: given.count)
        }
        return parsed.surname + String(repeating: "*", count: given.count - 1) + String(given.last!)
    }

    /// `410***********123X`: six digits of the area are three too many, so three
    /// and the last four stay. Anything short is hidden whole.
    public static func identityNumber(_ number: String) -> String {
        keep(number, first: 3, last: 4, atLeast: 15)
    }

    /// `138****0000`, `0371****00`.
    public static func phone(_ number: String) -> String {
        number.hasPrefix("0")
            ? keep(
                number, first: number.hasPrefix("01") || number.hasPrefix("02") ? 3 : 4, last: 2,
                atLeast: 9)
            : keep(number, first: 3, last: 4, atLeast: 10)
    }

    /// The address to its county: `河南省商丘市虞城县…`; only `…` when it names none.
    public static func address(_ address: String) -> String {
        guard !address.isEmpty else { return "" }
        let head = Array(address.prefix(26))
        var end = 0
        var cities = 0
        scan: for (index, character) in head.enumerated() {
            let before = index > 1 ? String(head[(index - 2)..<index]) : ""
            switch character {
            case "县", "縣", "旗":
                end = index + 1
                break scan
            case "区", "區":
                end = index + 1
                // 自治区 and 地区 are above the county, every other 区 is one.
                if before != "自治", !before.hasSuffix("地") { break scan }
            case "市" where index + 1 >= head.count || head[index + 1] != "场":
                end = index + 1
                cities += 1
                if cities == 2 { break scan }
            case "省": end = index + 1
            case "州" where before == "自治": end = index + 1
            default: break
            }
        }
        return String(head[..<end]) + (address.count > end ? "…" : "")
    }

    /// Free text, hidden whole: how long it is says nothing about it.
    public static func words(_ words: String) -> String { words.isEmpty ? "" : "***" }

    private static func keep(_ text: String, first: Int, last: Int, atLeast: Int) -> String {
        let count = text.count
        guard count >= atLeast else { return String(repeating: "*", count: count) }
        return text.prefix(first) + String(repeating: "*", count: count - first - last)
            + text.suffix(last)
    }
}
