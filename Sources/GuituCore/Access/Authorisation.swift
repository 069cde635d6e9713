import GuituModel
import GuituStore

extension Viewer {
    /// The holding of `target` if this viewer may act on it with `permission`.
    ///
    /// A record that is missing, one that is somebody else's and one that is
    /// not `owner`'s end in the same `notFound`.
    func authorise(
        _ permission: Permission, on target: Target, under owner: Target? = nil,
        told rows: [Row]? = nil, in tx: any Transaction
    ) throws -> Holding {
        if permission != .visit {
            if kind == .visitor { throw Ending.signInRequired }
            if mustChangePassword, permission != .useOwnAccount {
                throw Ending.passwordChangeRequired
            }
            guard may(permission) else { throw Ending.notAllowed }
        }
        guard let holding = try rows.map(target.holding) ?? target.holding(in: tx),
            try owner.map({ try target.belongs(to: $0, in: tx) }) ?? true
        else { throw Ending.notFound }
        guard !holding.areas.isEmpty else { return holding }
        if case .program = kind { return holding }

        let granting = grants.filter { Permission.of($0.role).contains(permission) }
        switch holding.reach {
        case .subtree:
            guard granting.contains(where: { holding.above.contains($0.area) }) else {
                throw Ending.notFound
            }
        case .holderOnly:
            guard granting.contains(where: { holding.areas.contains($0.area) }) else {
                throw Ending.notFound
            }
        case .namedOnly(let officer):
            guard
                granting.contains(where: {
                    holding.areas.contains($0.area)
                        && ($0.role == .director || (officer != nil && officer == account))
                })
            else { throw Ending.notFound }
        }
        return holding
    }

    /// Whether this viewer works in `area` itself. An office above sees names
    /// there masked and reads one in full with a reason (`Unmask`).
    func serves(_ area: Area.ID, _ permission: Permission) -> Bool {
        if case .program = kind { return true }
        return areas(granting: permission).contains(area)
    }

    /// A condition for lists: `area` (a column) lies in the viewer's subtree.
    func scope(_ permission: Permission, area column: SQL) -> SQL {
        if case .program = kind { return "1 = 1" }
        return """
            EXISTS (SELECT 1 FROM area_ancestor scope WHERE scope.area = \(column)
                AND scope.ancestor IN \(list: areas(granting: permission)))
            """
    }

    /// The same, and no protected person of a station the viewer does not serve.
    /// `person` is the alias of the person's table.
    func peopleScope(_ permission: Permission, person: SQL) -> SQL {
        if case .program = kind { return "1 = 1" }
        return """
            (\(scope(permission, area: person + ".holder")) AND (\(person).protection = 'none'
                OR \(person).holder IN \(list: areas(granting: permission))))
            """
    }

    /// Tracing requests as `reach(consent:protection:officer:)` lets them be
    /// seen. `request` and `person` are aliases.
    func requestScope(_ permission: Permission, request: SQL, person: SQL) -> SQL {
        if case .program = kind { return "1 = 1" }
        let own = areas(granting: permission)
        let directed = grants.filter { $0.role == .director }.map(\.area)
        return """
            (\(scope(permission, area: request + ".station"))
            AND (\(request).consent IN ('agreed', 'cannot-decide')
                OR \(request).station IN \(list: own))
            AND (\(person).protection = 'none'
                OR \(request).station IN \(list: directed)
                OR (\(request).station IN \(list: own) AND \(request).officer = \(account))))
            """
    }
}
