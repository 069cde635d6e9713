import Foundation
import GuituModel
import Logging
import Synchronization

/// Writes one line of JSON a record to standard error.
///
/// Records speak of ids, stages and counts; what a person typed never reaches a
/// logger, so there is nothing to take out here.
struct JSONLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    let label: String
    let write: @Sendable (String) -> Void

    init(
        label: String, level: Logger.Level,
        write: @escaping @Sendable (String) -> Void = JSONLog.toStandardError
    ) {
        self.label = label
        logLevel = level
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line =
            #"{"time":"\#(Self.time())","level":"\#(event.level)","logger":\#(Self.quoted(label)),"#
            + #""message":\#(Self.quoted("\(event.message)"))"#
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += ",\(Self.quoted(key)):\(Self.quoted("\(value)"))"
        }
        write(line + "}\n")
    }

    /// One write a line, so that lines of several threads do not mix. A line
    /// that nobody can take is lost; the work goes on.
    static let toStandardError: @Sendable (String) -> Void = { line in
        var line = line
        line.withUTF8 { _ = Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// `2026-11-24T10:05:09.042Z`, without a formatter: every request has a line.
    private static func time() -> String {
        let now = Int(Date().timeIntervalSince1970 * 1000)
        let day = Day(daysSince1970: now / 86_400_000)
        func digits(_ number: Int, of count: Int) -> Substring {
            String(1_000_000 + number).suffix(count)
        }
        return "\(day)T\(digits(now / 3_600_000 % 24, of: 2)):\(digits(now / 60_000 % 60, of: 2)):"
            + "\(digits(now / 1000 % 60, of: 2)).\(digits(now % 1000, of: 3))Z"
    }

    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        if isPlain { return "\"\(text)\"" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\u{0}"..<" ", "\u{7F}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
