import Clibpq
import GuituStore

/// Statements this session has prepared. One is prepared when it is seen for
/// the second time: what is asked once, such as a list of another length
/// every time, costs no round trip and no place.
struct StatementCache {
    final class Statement {
        let name: String
        let text: String
        /// As given, then as the server understood them.
        fileprivate var types: [Oid]
        fileprivate var lastUse = 0
        var columns: ResultColumns?
        /// The server has it.
        var isReady = false

        init(name: String, text: String, types: [Oid]) {
            self.name = name
            self.text = text
            self.types = types
        }

        func learnTypes(from description: OpaquePointer) {
            types = (0..<PQnparams(description)).map { PQparamtype(description, $0) }
        }
    }

    enum Use {
        case once
        /// `evicted` makes room on the server.
        case prepare(Statement, evicted: String?)
        case execute(Statement)

        var statement: Statement? {
            switch self {
            case .once: nil
            case .prepare(let statement, _), .execute(let statement): statement
            }
        }
    }

    // A page uses some ten statements and the whole program a few hundred.
    private static let most = 300
    private static let mostSeen = 2000

    private var statements: [StatementText: Statement] = [:]
    private var seen: Set<StatementText> = []
    private var clock = 0

    mutating func use(_ text: String, _ parameters: Parameters) -> Use {
        clock += 1
        let key = StatementText(text)
        if let statement = statements[key] {
            // A NULL told the server nothing when it was prepared; a value of
            // another type now goes without it.
            let fits = zip(statement.types, parameters.types).allSatisfy { $1 == 0 || $0 == $1 }
            guard fits else { return .once }
            statement.lastUse = clock
            return .execute(statement)
        }
        if seen.count >= Self.mostSeen { seen.removeAll(keepingCapacity: true) }
        guard !seen.insert(key).inserted else { return .once }
        let statement = Statement(name: "s\(clock)", text: text, types: parameters.types)
        statement.lastUse = clock
        var evicted: Statement?
        if statements.count >= Self.most {
            evicted = statements.values.min { $0.lastUse < $1.lastUse }
            if let evicted { statements[StatementText(evicted.text)] = nil }
        }
        statements[key] = statement
        return .prepare(statement, evicted: evicted?.name)
    }

    mutating func forget(_ statement: Statement) {
        statements[StatementText(statement.text)] = nil
    }

    /// The schema changed under them. The server keeps the old ones until the
    /// session ends; new ones get new names.
    mutating func forgetAll() { statements = [:] }
}
