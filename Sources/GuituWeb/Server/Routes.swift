/// Every address of Guitu. A test walks them all.
public let allRoutes: [Route] = FixedRoutes.all
