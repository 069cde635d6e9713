import GuituCore
import GuituModel
import GuituText

/// Where a reader may go, by what they may do.
enum Navigation {
    private struct Destination {
        var key: TextKey
        var link: Link
        var icon: Icon
        var shortcut: Character
        var needs: Permission
    }

    private static let destinations = [
        Destination(
            key: TextKey("place.home"), link: "/", icon: .door, shortcut: "h", needs: .useOwnAccount
        ),
        Destination(
            key: TextKey("place.arrival"), link: "/arrivals/new", icon: .plus, shortcut: "n",
            needs: .registerArrival),
        Destination(
            key: TextKey("place.people"), link: "/people", icon: .people, shortcut: "p",
            needs: .seePeople),
        Destination(
            key: TextKey("place.beds"), link: "/beds", icon: .bed, shortcut: "b", needs: .seeBeds),
        Destination(
            key: TextKey("place.tracing"), link: "/tracing", icon: .trace, shortcut: "t",
            needs: .seeTracing),
        Destination(
            key: TextKey("place.missing"), link: "/missing", icon: .report, shortcut: "m",
            needs: .seeMissing),
        Destination(
            key: TextKey("place.heard"), link: "/heard", icon: .ear, shortcut: "w",
            needs: .seeTracing),
        Destination(
            key: TextKey("place.notices"), link: "/notices/new", icon: .page, shortcut: "r",
            needs: .registerMissing),
        Destination(
            key: TextKey("place.figures"), link: "/figures", icon: .chart, shortcut: "f",
            needs: .seeIndicators),
        Destination(
            key: TextKey("place.laboratory"), link: "/laboratory", icon: .scales, shortcut: "d",
            needs: .seeLibrary),
        Destination(
            key: TextKey("place.stations"), link: "/stations", icon: .gear, shortcut: "s",
            needs: .manageStations),
        Destination(
            key: TextKey("place.accounts"), link: "/accounts", icon: .person, shortcut: "a",
            needs: .seeAccounts),
        Destination(
            key: TextKey("place.audit"), link: "/audit", icon: .lock, shortcut: "l",
            needs: .readAudit),
        Destination(
            key: TextKey("place.jobs"), link: "/jobs", icon: .list, shortcut: "j", needs: .seeJobs),
    ]

    static func places(for viewer: Viewer, _ text: Text, at path: String) -> [Frame.Place] {
        guard viewer.account != nil, !viewer.mustChangePassword else { return [] }
        return destinations.filter { viewer.may($0.needs) }.map { destination in
            let address = destination.link.address
            return Frame.Place(
                text(destination.key), destination.link, icon: destination.icon,
                shortcut: destination.shortcut,
                isHere: path == address || (address != "/" && path.hasPrefix(address + "/")))
        }
    }
}
