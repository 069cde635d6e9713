import GuituCore
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The web server over the funnel: pages, the JSON API, assets and health.
///
/// It keeps nothing between two requests but limits, so that many copies run
/// over one database.
public struct GuituServer: Sendable {
    public struct Options: Sendable {
        public var host = "127.0.0.1"
        public var port = 8080
        /// Reached by browsers over HTTPS: cookies are marked so, and browsers
        /// are told to stay with it.
        public var isSecure = false
        /// A proxy of ours stands before us and adds `X-Forwarded-For`.
        public var isBehindProxy = false
        /// Forms and JSON. Files: `Settings.attachmentLimit` and what goes round them.
        public var bodyLimit = 1 << 20
        /// A head that is not there, or a connection without a request, ends after this.
        public var idleLimit = Duration.seconds(30)
        /// A body must have come after this, and a second more for each
        /// `slowestBody` bytes of it.
        public var bodyTime = Duration.seconds(60)
        /// Bytes a second that a body may come at.
        public var slowestBody = 32 << 10
        /// A body of which nothing comes for so long is given up. Shorter than
        /// `idleLimit`, which closes without a word.
        public var bodySilence = Duration.seconds(20)
        /// How long requests on their way may take once we are told to stop.
        public var stopLimit = Duration.seconds(20)
        // 8 kB each of 1,024 connections is what a small station spares.
        public var connectionLimit = 1024
        /// Tries to sign in at once from one address, and the pause that gives
        /// one back: a whole station often shares an address.
        public var signInBurst = 30
        public var signInPause = Duration.seconds(6)
        /// How long the check of readiness waits for the database.
        public var readyTime = Duration.seconds(2)
        /// The index of places that words heard are looked up in.
        public var ear = EarShelf(path: "")
        /// The library of profiles, where one is kept.
        public var laboratory: Laboratory?
        public init() {}
    }

    public let workplace: Workplace
    public let options: Options
    public let routes: RouteTable
    let logger: Logger

    public init(
        workplace: Workplace, options: Options = Options(),
        logger: Logger = Logger(label: "guitu.web"), routes: [Route] = allRoutes
    ) {
        self.workplace = workplace
        self.options = options
        self.logger = logger
        self.routes = RouteTable(routes)
        options.ear.learn { try await SolvedName.inUse(in: workplace) }
    }

    public func application(onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in })
        -> some ApplicationProtocol
    {
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = 8 * 1024
        decoder.maxHeaderListSize = 32 * 1024
        decoder.maxHeaderFieldCount = 64
        return Application(
            responder: Responder(server: self),
            server: .http1(
                configuration: .init(
                    idleTimeout: .nanoseconds(Int64(options.idleLimit / .nanoseconds(1))),
                    httpDecoderConfiguration: decoder)),
            configuration: .init(
                address: .hostname(options.host, port: options.port),
                availableConnectionsDelegate: .maximum(options.connectionLimit, logger: logger)),
            onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? 0) },
            logger: logger)
    }

    /// Serves until SIGTERM or SIGINT; requests on their way are answered first.
    public func run(onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in })
        async throws
    {
        var configuration = ServiceGroupConfiguration(
            services: [application(onServerRunning: onServerRunning)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = options.stopLimit
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// What the responder needs to know of a connection.
public struct Caller: RequestContext {
    public var coreContext: CoreRequestContextStorage
    let channel: (any Channel)?
    var address: SocketAddress? { channel?.remoteAddress }

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
