// What records are about. The records themselves live with their features in
// the core; here each noun has a name, so that its ids can be told apart.

/// One human being, known or not.
public enum Person { public typealias ID = GuituModel.ID<Person> }
/// One time relief is given, in a station or in the street.
public enum ReliefEpisode { public typealias ID = GuituModel.ID<ReliefEpisode> }
/// Where somebody is from one moment to the next.
public enum Whereabouts { public typealias ID = GuituModel.ID<Whereabouts> }
/// The search for who somebody is and where their home is.
public enum TracingRequest { public typealias ID = GuituModel.ID<TracingRequest> }
/// What a family or an office said about somebody who is missing.
public enum MissingReport { public typealias ID = GuituModel.ID<MissingReport> }
/// A request and a report that may be about the same person.
public enum Candidate { public typealias ID = GuituModel.ID<Candidate> }
/// One officer's verdict on a candidate.
public enum Decision { public typealias ID = GuituModel.ID<Decision> }
/// A place to sleep for one person at a time.
public enum Bed { public typealias ID = GuituModel.ID<Bed> }
/// A room with beds.
public enum Room { public typealias ID = GuituModel.ID<Room> }
/// Somebody who works with the program.
public enum Account { public typealias ID = GuituModel.ID<Account> }
/// Something a person carries and the station keeps.
public enum Belonging { public typealias ID = GuituModel.ID<Belonging> }
/// Something said or seen, with its source and time.
public enum Observation { public typealias ID = GuituModel.ID<Observation> }
/// A file kept with a person or a report.
public enum Attachment { public typealias ID = GuituModel.ID<Attachment> }
/// One talk with a person about who they are.
public enum Interview { public typealias ID = GuituModel.ID<Interview> }
/// How an episode ended.
public enum Departure { public typealias ID = GuituModel.ID<Departure> }

/// A node of the tree of offices: a ministry, a province … a station.
public enum Area {
    public typealias ID = GuituModel.ID<Area>

    /// From the top of the tree down.
    public enum Level: String, Vocabulary, Comparable {
        case ministry, province, city, county, station

        public static func < (a: Self, b: Self) -> Bool { a.depth < b.depth }
        private var depth: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }
}

/// A station is an area with beds; its ids are those of the area.
public enum Station { public typealias ID = Area.ID }
