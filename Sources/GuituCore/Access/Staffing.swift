import GuituModel

extension Work {
    /// Whether somebody can create accounts and somebody else can check the
    /// trail over the holder of the target; without both, nobody may be taken in.
    func isStaffed() throws -> Bool {
        if case .program = viewer.kind { return true }
        let area = try holder
        return try accounts.hasHolder(of: .securityAdministrator, over: area)
            && accounts.hasHolder(of: .auditAdministrator, over: area)
    }
}
