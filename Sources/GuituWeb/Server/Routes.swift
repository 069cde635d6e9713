/// Every address of Guitu. A test walks them all.
public let allRoutes: [Route] = [
    FixedRoutes.all, DataRoutes.all, SignInPages.routes, OwnAccountPages.routes, HomePages.routes,
    ArrivalPages.routes, PeoplePages.routes, PersonPages.routes, StayPages.routes,
    DeparturePages.routes, RequestPages.routes, CandidatePages.routes, MissingPages.routes,
    ImportPages.routes,
].flatMap { $0 }
