import GuituModel
import GuituText

@testable import GuituWeb

/// Every component once, filled with invented people. Snapshots and screenshots
/// are made from it.
struct Gallery {
    let text: Text

    /// The gallery's own words, which no catalog has.
    private func say(_ chinese: String, _ english: String) -> String {
        text.language == .zhHans ? chinese : english
    }

    var frame: Frame {
        Frame(
            text: text,
            reader: .init(
                name: say("孙晓梅", "Sun Xiaomei"), office: say("清河市救助管理站", "Qinghe Relief Station"),
                roles: [say("接待员", "Reception")], unread: 3),
            places: [
                .init(say("待办", "To do"), "/", icon: .clock, shortcut: "t", isHere: true),
                .init(say("在站人员", "In the station"), "/people", icon: .people, shortcut: "p"),
                .init(say("床位", "Beds"), "/beds", icon: .bed, shortcut: "b"),
                .init(say("寻亲", "Tracing"), "/tracing", icon: .trace, shortcut: "x"),
                .init(say("走失登记", "Missing reports"), "/missing", icon: .report, shortcut: "m"),
            ],
            search: "/people", here: "/?page=2", csrf: "csrf-token",
            now: Instant(Day(year: 2026, month: 11, day: 24)!, hour: 3, minute: 5),
            flash: flashed)
    }

    var flashed: HTML {
        flash(
            say("已为无名氏2026-0312分配2区103室4床。", "Bed 4 in room 103 was given to Unknown 2026-0312."),
            undo: (say("撤销", "Undo"), Form("/beds/undo", text, csrf: "csrf-token", key: "key-2")))
    }

    var emptyForm: Form {
        Form("/arrivals", text, csrf: "csrf-token", key: "key-1")
    }

    var wrongForm: Form {
        Form(
            "/arrivals", text,
            typed: Typed([
                ("name", "<欧阳·𠮷>"), ("sex", "female"), ("born", "属龙"), ("identity", "4.1E+17"),
                ("note", "说\"想回家\" & 不肯说名字"), ("needs", "food"), ("needs", "trace"),
                ("mode", "police"), ("consent", "yes"),
            ]),
            problems: [
                .init(
                    "identity",
                    say(
                        "身份证号码应为18位，现在像是被表格软件改写过。",
                        "An identity number has 18 digits; a spreadsheet seems to have rewritten this one."
                    )),
                .init("sex", say("请选择性别。", "Choose a sex.")),
                .init(nil, say("两名工作人员同时登记了此人。", "Two people registered this person at once.")),
            ],
            csrf: "csrf-token", key: "key-1", version: 7)
    }

    func fields(_ form: Form) -> HTML {
        let sexes = [
            Form.Option("male", say("男", "male")), Form.Option("female", say("女", "female")),
            Form.Option("unknown", say("不详", "not known")),
        ]
        let needs = [
            Form.Option("food", say("食宿", "food and bed")),
            Form.Option("trace", say("寻亲", "tracing")),
            Form.Option(
                "home", say("返乡", "going home"), hint: say("乘车凭证或护送", "a ticket or an escort")),
        ]
        return """
            \(form.line("name", say("姓名或称呼", "Name"), hint: say("不知道就留空，系统会编无名氏号。", "Leave empty if nobody knows.")))
            \(form.choices("sex", say("性别", "Sex"), sexes, required: true))
            \(form.partialDay("born", say("出生", "Born")))
            \(form.line("identity", say("身份证号码", "Identity number"), .number, limit: 18, short: true))
            \(form.line("when", say("来站时间", "Arrived at"), .moment, value: "2026-11-24T03:05", required: true))
            \(form.select("mode", say("来站方式", "How they came"), [.init("self", say("自行来站", "on their own")), .init("police", say("公安护送", "with the police"))], empty: say("请选择", "Choose"), required: true))
            \(form.section(say("检视", "Initial check"), hint: say("看得见的就填。", "What can be seen."), """
                \(form.checks("needs", say("求助需求", "Needs"), needs))
                \(form.area("note", say("情况", "What happened"), hint: say("照原话记录。", "In their own words."), rows: 3))
                \(form.check("consent", say("本人同意寻亲", "Agrees to be traced")))
                """))
            \(form.file("portrait", say("照片", "Portrait"), accept: "image/jpeg,image/png", hint: say("正面、免冠，最大10兆字节。", "From the front, at most 10 MB.")))
            """
    }

    struct Row: Sendable {
        var id: String
        var name: String
        var age: ClosedRange<Int>
        var state: String
        var tone: Tone
        var days: Int
    }

    var rows: [Row] {
        [
            Row(
                id: "01a", name: say("无名氏2026-0312", "Unknown 2026-0312"), age: 60...70,
                state: say("待寻亲", "to be traced"), tone: .warning, days: 1),
            Row(
                id: "01b", name: "阿依古丽·买买提", age: 34...34,
                state: say("疑似待核实", "candidate to decide"), tone: .info, days: 4),
            Row(
                id: "01c", name: "欧阳𠮷<i>", age: 8...9, state: say("超期", "overdue"), tone: .danger,
                days: 12_345),
        ]
    }

    func listing(_ rows: [Row], _ query: ListQuery) -> Listing<Row> {
        let text = text
        return Listing(
            say("在站人员", "People in the station"),
            columns: [
                .init(say("姓名", "Name"), sort: "name") {
                    "<a href=\"\("/people/\($0.id)" as Link)\">\($0.name)</a>"
                },
                .init(say("年龄", "Age"), sort: "age") { "\(text.age($0.age))" },
                .init(say("状态", "State")) { badge($0.state, $0.tone) },
                .init(say("在站天数", "Days here"), sort: "days", isNumber: true) {
                    "\(text($0.days))"
                },
            ],
            rows: rows, query: query, next: rows.isEmpty ? nil : "cursor+/=", total: rows.count,
            exports: true,
            empty: .init(
                say("今天还没有人来站", "Nobody has come today"),
                say("有人来站时从这里登记。", "Register whoever comes from here."),
                step: button(
                    say("登记来站人员", "Register an arrival"), "/arrivals/new", icon: .plus,
                    primary: true)))
    }

    var query: ListQuery {
        ListQuery("/people", filters: [("q", "王&"), ("sex", "")], sort: "age")
    }

    var compared: [ComparedField] {
        [
            ComparedField(
                say("姓名", "Name"), left: "\(say("王桂花（自述）", "Wang Guihua (said)"))", right: "王桂华",
                verdict: .close, weight: 2.31,
                why: say("同音，第三字不同", "same sound, third character differs")),
            ComparedField(
                say("性别", "Sex"), left: "\(say("女", "female"))", right: "\(say("女", "female"))",
                verdict: .agrees, weight: 0.3),
            ComparedField(
                say("年龄", "Age"), left: "\(text.age(60...70))", right: "\(text.age(64...64))",
                verdict: .agrees, weight: 0.88),
            ComparedField(
                say("走失地点", "Place"), left: "\(say("郑州火车站", "Zhengzhou station"))",
                right: "\(say("信阳市固始县", "Gushi, Xinyang"))", verdict: .differs, weight: -0.42,
                why: say("相距约300公里，走失后41天", "300 km apart, 41 days later")),
            ComparedField(
                say("胎记", "Birthmark"), left: nil, right: "\(say("左手背", "back of the left hand"))",
                verdict: .unknown, weight: 0),
        ]
    }

    var kept: Kept {
        Kept(
            action: "/arrivals",
            typed: Typed([
                ("name", "欧阳\"𠮷\""), ("csrf", "old"), ("key", "key-1"), ("password", "never"),
            ]))
    }

    /// Name and picture of each component, in the order of the gallery page.
    var specimens: [(name: String, html: HTML)] {
        [
            ("duties", duties),
            (
                "figures",
                """
                <div class="figures">\(figure(say("在站", "In the station"), "46", "/people"))\
                \(figure(say("空床", "Free beds"), "14", "/beds", note: say("男9 女5", "9 men, 5 women")))\
                \(figure(say("待寻亲", "To be traced"), "7", "/tracing"))\
                \(figure(say("本月团聚", "Reunited this month"), "12"))</div>
                """
            ),
            (
                "listing",
                listing(rows, query).view(
                    text,
                    filters: """
                        \(query.filter("q", say("姓名", "Name")))\
                        \(query.filter("sex", say("性别", "Sex"), [.init("male", say("男", "male")), .init("female", say("女", "female"))], all: say("全部", "all")))
                        """)
            ),
            ("listing-empty", listing([], ListQuery("/people")).view(text)),
            ("listing-nothing-matches", listing([], query).view(text)),
            (
                "comparison",
                comparison(
                    text, left: say("在站人员", "In the station"), right: say("走失登记", "Missing report"),
                    compared, total: 3.07)
            ),
            (
                "form",
                emptyForm.view(
                    submit: say("登记", "Register"), sendsFiles: true,
                    beside: "<a class=\"button\" href=\"/\">\(say("取消", "Cancel"))</a>",
                    fields(emptyForm))
            ),
            (
                "form-wrong",
                wrongForm.view(submit: say("登记", "Register"), sendsFiles: true, fields(wrongForm))
            ),
            (
                "steps",
                steps(
                    text,
                    [
                        say("来站", "Arrival"), say("检视", "Check"), say("物品", "Belongings"),
                        say("床位", "Bed"),
                    ], current: 2)
            ),
            (
                "callouts",
                HTML(
                    Tone.allCases.map {
                        callout(
                            $0, say("还有2条疑似待核实", "Two candidates are undecided"),
                            "<p>\(say("请先完成核实再结束寻亲。", "Decide them before closing the request."))</p>"
                        )
                    })
            ),
            (
                "badges",
                "<p>\(Tone.allCases.map { "\(badge(say("待核实", "undecided"), $0)) " as HTML })</p>"
            ),
            ("flash", flashed),
            (
                "card",
                card(
                    say("基本情况", "The person"),
                    actions: button(say("修改", "Edit"), "/people/01a/edit"), factList)
            ),
            (
                "timeline",
                card(
                    say("经过", "What happened"),
                    timeline([
                        Moment(
                            say("2026年11月24日 03:05", "24 Nov 2026, 03:05"),
                            say("公安护送来站", "Came with the police"),
                            who: say("接待员 孙晓梅", "Sun Xiaomei, reception"), tone: .info),
                        Moment(
                            say("2026年11月24日 03:20", "24 Nov 2026, 03:20"),
                            say("分配床位", "Bed given"),
                            "<p>\(say("2区103室4床", "Zone 2, room 103, bed 4"))</p>", tone: .success),
                        Moment(
                            say("2026年11月25日", "25 Nov 2026"),
                            say("满24小时未发布寻亲公告", "No notice within 24 hours"), tone: .danger),
                        Moment(
                            say("2026年11月26日", "26 Nov 2026"),
                            say("等待本人决定", "Waiting for their decision"), tone: .warning),
                    ]))
            ),
            (
                "progress",
                progress(
                    say("导入走失登记", "Importing reports"), done: 6200, of: 10_000,
                    said: say("6200 / 10,000", "6200 of 10,000"))
            ),
            (
                "confirmation",
                confirmation(
                    text, say("确认王桂花离站？", "Does Wang Guihua leave?"),
                    consequences: [
                        say("床位随即空出", "Her bed becomes free"), say("寻亲即告结束", "Tracing ends"),
                    ],
                    form: Form("/people/01a/depart", text, csrf: "csrf-token", key: "key-3"),
                    submit: say("确认离站", "She leaves"), back: "/people/01a")
            ),
            (
                "clashes",
                clashes(
                    text,
                    [
                        Clash(
                            say("情况", "What happened"), field: "note", mine: "左手背有胎记 <b>",
                            theirs: "左手背有疤")
                    ])
            ),
            (
                "kept",
                "\(kept.notice(text))<form class=\"form\" method=\"post\" action=\"/sign-in\">\(kept.hidden)<button type=\"submit\" class=\"primary\">\(say("登录", "Sign in"))</button></form>"
            ),
            ("kept-resubmit", kept.back(text, csrf: "csrf-new")),
            ("answers", HTML(answers.map { "<h3>\($0.title(text))</h3>\($0.view(text))" })),
            (
                "audit",
                Listing(
                    say("审计日志", "Audit trail"), columns: AuditLine.columns(text),
                    rows: [
                        AuditLine(
                            time: "03:05", who: "孙晓梅", what: say("登记来站", "registered an arrival"),
                            about: "<a href=\"/people/01a\">01a</a>", outcome: say("完成", "done"),
                            tone: .success),
                        AuditLine(
                            time: "03:07", who: "李强", what: say("查看证件号码", "unmasked a number"),
                            about: "01a", outcome: say("拒绝", "refused"), tone: .danger),
                    ],
                    query: ListQuery("/audit"), empty: .init("", "")
                ).view(text)
            ),
            ("icons", "<p>\(Icon.allCases.map { "\($0.html) " as HTML })</p>"),
        ]
    }

    var answers: [Answer] {
        [
            .notFound, .notAllowed, .unavailable(retryAfter: .seconds(5)),
            .busy(retryAfter: .seconds(1)),
            .broke(reference: "4F2A-91"), .formExpired, .tooLarge(limit: say("10兆字节", "10 MB")),
            .tooMany(retryAfter: .seconds(30)),
        ]
    }

    var factList: HTML {
        facts(
            text,
            [
                (say("姓名", "Name"), "王桂花<small> \(say("自述，未核实", "as said, not verified"))</small>"),
                (say("年龄", "Age"), "\(text.age(60...70))"),
                (say("民族", "Ethnic group"), nil),
                (
                    say("身份证号码", "Identity number"),
                    masked(
                        text, "4115••••••••••••26",
                        form: Form("/people/01a/unmask", text, csrf: "csrf-token", key: "key-4"))
                ),
                (say("联系电话", "Telephone"), masked(text, "138••••0026")),
            ])
    }

    var duties: HTML {
        """
        <ul class="duties">
        \(duty(text, say("发布寻亲公告", "Publish a tracing notice"), about: "\(say("无名氏2026-0312 · 女 · 60—70岁", "Unknown 2026-0312 · female · 60–70"))", left: say("已超期2小时", "2 hours overdue"), due: say("截止：11月24日 01:05", "due 24 Nov, 01:05"), urgency: .overdue, basis: Basis(say("《生活无着的流浪乞讨人员救助管理机构工作规程》", "Working rules of relief stations"), say("第二十条", "article 20")), action: button(say("去发布", "Publish"), "/tracing/01a", primary: true)))
        \(duty(text, say("核实疑似", "Decide a candidate"), about: "阿依古丽·买买提", left: say("还剩5小时", "5 hours left"), due: say("截止：今天 08:00", "due today, 08:00"), urgency: .soon, basis: Basis(say("《社会救助法》", "Social Assistance Law"), say("第五十二条", "article 52")), action: button(say("去核实", "Decide"), "/candidates/01b")))
        \(duty(text, say("回访安置人员", "Visit a placed person"), about: "李秀英", left: say("还剩6天", "6 days left"), due: say("截止：11月30日", "due 30 Nov"), urgency: .later, action: button(say("查看", "Open"), "/people/01c")))
        </ul>
        """
    }

    /// The whole gallery as a page.
    var page: HTML {
        frame.page(
            say("现在要办的事", "What must be done now"),
            lead: say("2026年11月24日 星期二 夜班", "Tuesday 24 November 2026, night shift"),
            trail: [(say("首页", "Start"), "/")],
            actions: button(
                say("登记来站人员", "Register an arrival"), "/arrivals/new", icon: .plus, primary: true),
            HTML(specimens.map { "<section data-name=\"\($0.name)\">\($0.html)</section>\n" }))
    }
}
