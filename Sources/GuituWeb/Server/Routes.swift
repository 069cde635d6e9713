/// Every address of Guitu. A test walks them all.
public let allRoutes: [Route] = [
    FixedRoutes.all, DataRoutes.all, SignInPages.routes, SetUpPages.routes, OwnAccountPages.routes,
    HomePages.routes, FigurePages.routes, NotificationPages.routes, ArrivalPages.routes,
    PeoplePages.routes,
    PersonPages.routes, AttachmentPages.routes, StayPages.routes, DeparturePages.routes,
    RequestPages.routes, CandidatePages.routes, MissingPages.routes, ImportPages.routes,
    HearingPages.routes, NamesHeardPages.routes, NoticePages.routes,
    LaboratoryPages.routes,
    AccountPages.routes, StationPages.routes, AuditPages.routes, JobPages.routes,
].flatMap { $0 }
