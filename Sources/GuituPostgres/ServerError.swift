import Clibpq
import GuituStore

/// What the server said, and what that is in the words both engines share.
struct ServerError {
    let shared: DatabaseError
    /// A prepared statement no longer fits the tables.
    let makesPlansStale: Bool

    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
        }
        let code = field("C") ?? ""
        let message = field("M") ?? ""
        let constraint = field("n") ?? ""
        // "cached plan must not change result type", "prepared statement …
        // does not exist" (a pooler in between).
        makesPlansStale = code == "26000" || code == "0A000" && message.hasPrefix("cached plan")
        shared =
            switch code {
            case _ where makesPlansStale: .serialization
            case "40001", "40P01": .serialization
            case "23505", "23P01": .constraint(.unique, name: constraint)
            case "23503": .constraint(.foreignKey, name: constraint)
            case "23514": .constraint(.check, name: constraint)
            case "23502":
                .constraint(.notNull, name: "\(field("t") ?? "").\(field("c") ?? "")")
            case "P0001": .constraint(.check, name: message)  // RAISE in a trigger
            case "57014", "55P03": .timeout
            case "53100": .full
            case "57P01", "57P02", "57P03", "25P03":
                .unavailable(reason: "PostgreSQL ended the session (\(code))")
            case _ where code.hasPrefix("08") || code.hasPrefix("53") || code.isEmpty:
                .unavailable(reason: "PostgreSQL closed the connection \(code)")
            // Data exceptions quote the value; it may be about a person.
            case _ where code.hasPrefix("22"):
                .engine(code: code, message: "a value does not fit")
            default: .engine(code: code, message: message)
            }
    }
}
