import GuituModel

/// Gives an account a role in an area and everything below it.
public struct GrantRole: ChangingUseCase {
    public static let needs = Permission.manageAccounts
    public var target: Target { .account(account) }
    public var account: Account.ID
    public var role: Role
    public var area: Area.ID

    public init(account: Account.ID, role: Role, area: Area.ID) {
        self.account = account
        self.role = role
        self.area = area
    }

    public func perform(in work: Work) throws -> Nothing {
        try work.expectNotOneself(account)
        // The area too lies in the granter's subtree, or it is not found.
        _ = try work.viewer.authorise(.manageAccounts, on: .area(area), in: work.tx)
        _ = try work.accounts.lock(account)
        try work.accounts.grant(role, at: area, to: account)
        try work.emit(
            .accountChanged, about: .account(account), in: area,
            ["granted": role.rawValue, "area": area.text])
        return Nothing()
    }
}

/// Takes a role back. What was done under it stays in the trail.
public struct RevokeRole: ChangingUseCase {
    public static let needs = Permission.manageAccounts
    public var target: Target { .account(account) }
    public var account: Account.ID
    public var role: Role
    public var area: Area.ID

    public init(account: Account.ID, role: Role, area: Area.ID) {
        self.account = account
        self.role = role
        self.area = area
    }

    public func perform(in work: Work) throws -> Nothing {
        try work.expectNotOneself(account)
        _ = try work.viewer.authorise(.manageAccounts, on: .area(area), in: work.tx)
        _ = try work.accounts.lock(account)
        try work.accounts.expectAnother(role, at: area, than: account)
        let revoked = try work.tx.execute(
            """
            UPDATE role_grant SET revoked_at = \(work.now)
            WHERE account = \(account) AND role = \(role) AND area = \(area) AND revoked_at IS NULL
            """)
        guard revoked == 1 else { throw SeparateDuties.notHeld }
        try work.emit(
            .accountChanged, about: .account(account), in: area,
            ["revoked": role.rawValue, "area": area.text])
        return Nothing()
    }
}
