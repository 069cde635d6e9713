import Clibpq
import Foundation
import GuituStore

/// The socket below a connection: nothing here waits past a deadline, so a
/// server that was stopped, or whose host is gone, cannot keep a thread.
///
/// Always in libpq's pipeline mode: several commands travel together and are
/// answered together.
final class PostgresWire {
    /// Nil once the connection was dropped.
    private(set) var pointer: OpaquePointer?

    /// Throws `.unavailable` when there is no answer until `deadline`. Looking
    /// up the host's name is the one step the system may take longer for.
    init(conninfo: String, deadline: ContinuousClock.Instant) throws(DatabaseError) {
        // Later words win: what comes before `dbname` may be changed by the
        // connection string, which is expanded there, the encoding may not.
        let words: [(String, String)] = [
            ("application_name", "guitu"), ("keepalives_idle", "30"),
            ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"), ("dbname", conninfo), ("client_encoding", "UTF8"),
        ]
        pointer = withCStrings(words.map(\.0)) { names in
            withCStrings(words.map(\.1)) { values in PQconnectStartParams(names, values, 1) }
        }
        guard pointer != nil else { throw .unavailable(reason: "no memory for a connection") }
        while true {
            guard PQstatus(pointer) != CONNECTION_BAD else { throw drop("cannot be reached") }
            switch PQconnectPoll(pointer) {
            case PGRES_POLLING_OK:
                // libpq would print what the server says beside its answers.
                PQsetNoticeProcessor(pointer, { _, _ in }, nil)
                guard PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1 else {
                    throw drop("cannot be used")
                }
                return
            case PGRES_POLLING_READING: try wait(for: POLLIN, until: deadline)
            case PGRES_POLLING_WRITING: try wait(for: POLLOUT, until: deadline)
            default: throw drop("cannot be reached")
            }
        }
    }

    deinit { if let pointer { PQfinish(pointer) } }

    var isOpen: Bool { pointer != nil && PQstatus(pointer) == CONNECTION_OK }

    /// As of the last synchronisation.
    var isInTransaction: Bool { isOpen && PQtransactionStatus(pointer) != PQTRANS_IDLE }

    /// A server that restarts says goodbye on the socket; between commands
    /// anything to read is that.
    func checkResting() throws(DatabaseError) {
        var descriptor = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 0) > 0 else { return }
        guard PQconsumeInput(pointer) == 1, isOpen else { throw drop("closed the connection") }
    }

    /// Sends what libpq holds, reading meanwhile so that neither side waits
    /// for the other with full buffers.
    func flush(until deadline: ContinuousClock.Instant) throws(DatabaseError) {
        while true {
            switch PQflush(pointer) {
            case 0: return
            case 1:
                try wait(for: POLLIN | POLLOUT, until: deadline)
                guard PQconsumeInput(pointer) == 1 else { throw drop("closed the connection") }
            default: throw drop("closed the connection")
            }
        }
    }

    /// The next result, to be cleared by the caller; nil after a command's last.
    func result(until deadline: ContinuousClock.Instant) throws(DatabaseError) -> OpaquePointer? {
        guard pointer != nil else { throw .unavailable(reason: "PostgreSQL closed the connection") }
        while PQisBusy(pointer) == 1 {
            try wait(for: POLLIN, until: deadline)
            guard PQconsumeInput(pointer) == 1 else { throw drop("closed the connection") }
        }
        return PQgetResult(pointer)
    }

    func close() {
        if let pointer { PQfinish(pointer) }
        pointer = nil
    }

    /// Ends the connection and says why; libpq's own words are kept out, they
    /// may hold the address and the user.
    func drop(_ what: String) -> DatabaseError {
        close()
        return .unavailable(reason: "PostgreSQL \(what)")
    }

    private func wait(
        for events: Int32, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) {
        var descriptor = pollfd(fd: PQsocket(pointer), events: Int16(events), revents: 0)
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { throw drop("does not answer") }
            let ready = poll(&descriptor, 1, Int32(min(left.rounded(.up), 3_600_000)))
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw drop("closed the connection") }
        }
    }
}

private func withCStrings<A>(
    _ strings: [String], _ body: ([UnsafePointer<CChar>?]) -> A
) -> A {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) } + [nil])
}
