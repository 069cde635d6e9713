import ArgumentParser
import GuituCore

/// How a command ended, for scripts. Documented in `guitu --help`.
enum Exit: Int32, CaseIterable {
    case ok = 0
    case notSignedIn = 3
    case notAllowed = 4
    case notFound = 5
    case refused = 6
    case stale = 7
    case busy = 8
    case unavailable = 9
    case faults = 10
    case usage = 64
    case broke = 70
    case configuration = 78

    init(_ ending: Ending) {
        self =
            switch ending {
            case .signInRequired, .passwordChangeRequired: .notSignedIn
            case .notAllowed: .notAllowed
            case .notFound: .notFound
            case .refused: .refused
            case .stale: .stale
            case .busy: .busy
            case .unavailable: .unavailable
            case .broke: .broke
            }
    }

    var meaning: String {
        switch self {
        case .ok: "done"
        case .usage: "the command line does not read"
        case .notSignedIn: "no valid token, or the password must be changed first"
        case .notAllowed: "the account's roles do not allow it"
        case .notFound: "no such record, or it is somebody else's"
        case .refused: "refused for the reason given"
        case .stale: "somebody changed it first"
        case .busy: "too much at once, try again"
        case .unavailable: "the database is away or full, nothing was done"
        case .faults: "the audit trail was read and has faults"
        case .broke: "a fault of the program, see the log"
        case .configuration: "the configuration is wrong"
        }
    }

    static var table: String {
        allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ") + "."
    }

    var code: ExitCode { ExitCode(rawValue) }
}
