import GuituStore

extension Work {
    /// Whether somebody can create accounts and somebody else can check the
    /// trail; without both, nobody may be taken in.
    func isStaffed() throws -> Bool {
        if case .program = viewer.kind { return true }
        let row = try tx.first(
            """
            SELECT COUNT(DISTINCT g.role) AS n FROM role_grant g JOIN account a ON a.id = g.account
            WHERE g.revoked_at IS NULL AND a.disabled_at IS NULL
                AND g.role IN ('security-administrator', 'audit-administrator')
            """)
        return try row?["n"] == 2
    }
}
