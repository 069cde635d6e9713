/// Our own files that a browser fetches: style, script and logo, compiled into
/// the program and named by their content, so that they may be kept for ever.
public struct Asset: Sendable {
    /// `guitu-0123456789abcdef.css`, the last part of its address.
    public let name: String
    public let contentType: String
    public let bytes: [UInt8]
    /// With its quotes, as the header wants it.
    public var tag: String { "\"\(name)\"" }
    public var link: Link { "/assets/\(name)" }

    /// The response headers every asset carries besides its type and tag.
    public static let cacheControl = "public, max-age=31536000, immutable"

    init(_ stem: String, _ ending: String, _ contentType: String, _ bytes: [UInt8]) {
        name = "\(stem)-\(fingerprint(bytes)).\(ending)"
        self.contentType = contentType
        self.bytes = bytes
    }

    public static let style = Asset(
        "guitu", "css", "text/css; charset=utf-8",
        PackageResources.base_css + PackageResources.parts_css + PackageResources.hearing_css
            + PackageResources.media_css)
    public static let script = Asset(
        "guitu", "js", "text/javascript; charset=utf-8", PackageResources.guitu_js)
    public static let logo = Asset("logo", "svg", "image/svg+xml", PackageResources.logo_svg)
    public static let all = [style, script, logo]

    public static func named(_ name: String) -> Asset? { all.first { $0.name == name } }
}

/// The header every page is sent with: nothing inline, nothing from elsewhere,
/// no page of ours inside another's frame.
public let contentSecurityPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

/// FNV-1a, 64 bits: it tells two versions of our own files apart and protects
/// nothing, so it needs no cryptography.
private func fingerprint(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
