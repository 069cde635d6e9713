import Foundation
import GuituModel
import GuituStore

/// Slows down whoever guesses passwords, and nobody else.
///
/// Wrong passwords are counted for a login **and a client**. A client is a
/// device that signed in to this account before (known by a cookie), else the
/// address it comes from. So:
/// - nobody can lock another person out: what a stranger types wrong slows the
///   stranger's address, while the owner's own device has a count of its own;
/// - a colleague behind the same address can slow only an unknown device there,
///   and for `lockoutMinutes` at most;
/// - who guesses from many addresses is met by the third count, of all strangers
///   together: once it is high, an unknown client gets two tries instead of
///   eight before it waits. The owner on a new device still gets those two.
/// - logins that nobody has are counted the same way: the answer never tells
///   whether an account exists.
///
/// The wait doubles: 15 s, 30 s, 1 min … up to `lockoutMinutes`. A day without a
/// failure forgets everything.
struct SignInCaution {
    let tx: any Transaction
    let now: Instant
    let settings: Settings
    let keys: Keys

    static let memory = Duration.seconds(86_400)
    static let firstWait = 15
    /// A station has about 20 staff; their own slips never add up to this for
    /// one login within a day.
    static let manyStrangers = 32
    static let triesWhenWatched = 2
    private static let strangers = "strangers"

    /// Whose failures are counted together.
    struct Client: Encodable, Sendable, Equatable {
        var name: String
        var isKnown: Bool
    }

    func loginDigest(_ login: String) -> [UInt8] { keys.searchDigest(login, kind: "login") }

    /// A device counts as known only for the account it signed in to.
    func client(_ account: Account.ID?, device: [UInt8]?, address: String) throws -> Client {
        if let account, let device,
            try tx.first(
                """
                SELECT 1 AS known FROM known_device
                WHERE account = \(account) AND digest = \(device)
                """) != nil
        {
            return Client(
                name: "device:" + hex(device.prefix(16)), isKnown: true)
        }
        let digest = keys.searchDigest(Self.bucket(of: address), kind: "address")
        return Client(name: "address:" + hex(digest.prefix(16)), isKnown: false)
    }

    /// Nil when a password may be tried now.
    func slowUntil(_ login: [UInt8], _ client: Client) throws -> Instant? {
        let until: Instant? = try tx.first(
            """
            SELECT slow_until FROM sign_in_failure
            WHERE login = \(login) AND client = \(client.name)
            """)?["slow_until"]
        guard let until, until > now else { return nil }
        return until
    }

    /// Counts one wrong password; the answer is when the next may be tried, if
    /// not at once.
    func countFailure(_ login: [UInt8], _ client: Client) throws -> Instant? {
        let forgotten = now.adding(-Self.memory.components.seconds)
        try tx.execute("DELETE FROM sign_in_failure WHERE last_at < \(forgotten)")
        let ofAll = client.isKnown ? 0 : try count(login, Self.strangers)
        let failures = try count(login, client.name)
        let tries =
            ofAll >= Self.manyStrangers
            ? min(Self.triesWhenWatched, settings.lockoutAfter) : settings.lockoutAfter
        guard failures >= tries else { return nil }
        let until = now.adding(.seconds(wait(after: failures - tries)))
        try tx.execute(
            """
            UPDATE sign_in_failure SET slow_until = \(until)
            WHERE login = \(login) AND client = \(client.name)
            """)
        return until
    }

    /// The right password clears its own client's count, not the strangers'.
    func forget(_ login: [UInt8], _ client: Client) throws {
        try tx.execute(
            "DELETE FROM sign_in_failure WHERE login = \(login) AND client = \(client.name)")
    }

    /// A password was reset: whoever waits may try the new one.
    func forgetAll(_ login: [UInt8]) throws {
        try tx.execute("DELETE FROM sign_in_failure WHERE login = \(login)")
    }

    private func count(_ login: [UInt8], _ client: String) throws -> Int {
        try tx.first(
            """
            INSERT INTO sign_in_failure (login, client, failures, last_at)
            VALUES (\(login), \(client), 1, \(now))
            ON CONFLICT (login, client) DO UPDATE
            SET failures = sign_in_failure.failures + 1, last_at = excluded.last_at
            RETURNING failures
            """)?["failures"] ?? 1
    }

    private func wait(after failures: Int) -> Int {
        min(Self.firstWait << min(failures, 16), settings.lockoutMinutes * 60)
    }

    /// One IPv4 address, or one IPv6 network of 64 bits: who has one has all of
    /// its addresses.
    static func bucket(of address: String) -> String {
        guard address.contains(":") else { return address }
        let bare = address.prefix { $0 != "%" }
        if let dotted = bare.split(separator: ":").last, dotted.contains(".") {
            return String(dotted)  // ::ffff:10.1.2.3 is 10.1.2.3
        }
        var storage = in6_addr()
        guard inet_pton(AF_INET6, String(bare), &storage) == 1 else { return address }
        return withUnsafeBytes(of: &storage) { hex($0.prefix(8)) }
    }
}

extension Instant {
    fileprivate func adding(_ seconds: Int64) -> Instant { adding(.seconds(seconds)) }
}
