import GuituModel
import GuituStore

extension Work {
    var sessions: SessionStore { SessionStore(work: self) }
}

/// A session about to be opened.
struct SessionDraft: Encodable, Sendable {
    enum Kind: String, Codable, Sendable, SQLConvertible { case browser, token }
    var kind: Kind
    var label: String
    var days: Int?
    var digest: Protected

    init(_ session: NewSession, digest: [UInt8]) {
        switch session {
        case .browser(let label):
            kind = .browser
            self.label = label
        case .token(let label, let days):
            kind = .token
            self.label = label
            self.days = days
        }
        self.digest = Protected(digest)
    }
}

struct SessionStore {
    let work: Work

    func open(_ draft: SessionDraft, for account: Account.ID) throws -> Instant {
        let lasts: Duration
        switch draft.kind {
        case .browser: lasts = work.settings.sessionLasts
        case .token:
            var form = FormCheck()
            _ = form.text(draft.label, "label", limit: 60, required: true)
            let days = draft.days ?? 1
            if !(1...work.settings.tokenDays).contains(days) {
                form.fail("days", "token.days", ["max": "\(work.settings.tokenDays)"])
            }
            try form.finish()
            lasts = .seconds(86_400 * days)
        }
        let expires = work.now.adding(lasts)
        // Ended ones stay a season for whoever looks into something.
        let old = work.now.adding(.seconds(-90 * 86_400))
        try work.tx.execute(
            "DELETE FROM session WHERE account = \(account) AND expires_at < \(old)")
        // A browser says what it is in its own words; they are cut, not refused.
        let label = String(draft.label.filter { !$0.isNewline }.prefix(60))
        try work.tx.execute(
            """
            INSERT INTO session (digest, account, kind, label, made_at, expires_at)
            VALUES (\(draft.digest.bytes), \(account), \(draft.kind), \(label), \(work.now),
                \(expires))
            """)
        return expires
    }

    /// Remembers a browser that signed in, for `SignInCaution`. Devices that
    /// were not seen for half a year are strangers again.
    func know(_ device: [UInt8], of account: Account.ID) throws {
        let stale = work.now.adding(.seconds(-180 * 86_400))
        try work.tx.execute(
            "DELETE FROM known_device WHERE account = \(account) AND last_at < \(stale)")
        try work.tx.execute(
            """
            INSERT INTO known_device (account, digest, first_at, last_at)
            VALUES (\(account), \(device), \(work.now), \(work.now))
            ON CONFLICT (account, digest) DO UPDATE SET last_at = excluded.last_at
            """)
    }

    func forgetDevices(of account: Account.ID) throws {
        try work.tx.execute("DELETE FROM known_device WHERE account = \(account)")
    }

    /// How many ended; `kept` is the session that asks, if it shall live on.
    @discardableResult
    func endAll(of account: Account.ID, except kept: [UInt8]? = nil) throws -> Int {
        try work.tx.execute(
            """
            UPDATE session SET ended_at = \(work.now)
            WHERE account = \(account) AND ended_at IS NULL AND digest <> \(kept ?? [])
            """)
    }

    /// False if it is somebody else's, unknown or over already.
    func end(_ digest: [UInt8], of account: Account.ID) throws -> Bool {
        try work.tx.execute(
            """
            UPDATE session SET ended_at = \(work.now)
            WHERE digest = \(digest) AND account = \(account) AND ended_at IS NULL
            """) == 1
    }
}

extension Settings {
    /// Until a browser session ends, or must have been used again.
    var sessionLasts: Duration {
        sessionIdleMinutes > 0
            ? min(.seconds(60 * sessionIdleMinutes), .seconds(3600 * sessionHours))
            : .seconds(3600 * sessionHours)
    }
}
