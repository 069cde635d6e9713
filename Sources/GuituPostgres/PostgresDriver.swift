import Clibpq
import Foundation
import GuituStore

/// A PostgreSQL server, 14 or later, through libpq.
public struct PostgresDriver: Driver {
    /// A libpq connection string (`host=… dbname=…`) or a postgresql:// address.
    /// May hold a password: never logged, never in an error.
    public var conninfo: String
    public var connectTimeout: Duration
    /// The longest a statement waits for somebody else's lock.
    public var lockTimeout: Duration
    /// A transaction that asks nothing for so long is ended by the server.
    public var idleTimeout: Duration
    /// How much longer than the statement's limit, which the server keeps, we
    /// wait before we take the server for hung and drop the connection.
    public var patience: Duration

    public init(
        conninfo: String, connectTimeout: Duration = .seconds(3),
        lockTimeout: Duration = .seconds(5), idleTimeout: Duration = .seconds(60),
        patience: Duration = .seconds(2)
    ) {
        self.conninfo = conninfo
        self.connectTimeout = connectTimeout
        self.lockTimeout = lockTimeout
        self.idleTimeout = idleTimeout
        self.patience = patience
    }

    public var engine: Engine { .postgres }
    public var writers: Int? { nil }

    public func connect(for mode: TransactionMode) throws -> any Connection {
        let connection = PostgresConnection(
            try PostgresWire(conninfo: conninfo, deadline: .now + connectTimeout),
            patience: patience)
        do {
            try connection.execute(
                """
                SELECT set_config('lock_timeout', \(milliseconds(lockTimeout)), false),
                    set_config('idle_in_transaction_session_timeout', \(milliseconds(idleTimeout)), false),
                    set_config('client_min_messages', 'error', false),
                    set_config('timezone', 'UTC', false)
                """)
        } catch {
            connection.close()
            throw error
        }
        return connection
    }
}

func milliseconds(_ duration: Duration) -> String {
    String(max(1, Int(duration / .milliseconds(1))))
}
