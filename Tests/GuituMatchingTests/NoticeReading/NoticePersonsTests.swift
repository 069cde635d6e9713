import GuituModel
import Testing

@testable import GuituMatching

/// Several persons of one text, and what is said of each in few words.
@Suite("Several persons of a notice")
struct NoticePersonsTests {
    @Test("a list tells of each, though one alone is told in full")
    func shortItems() {
        let persons = NoticeReader.read(
            """
            滞站人员（截至6月15日）
            ① 自称田铁锁，七十二岁，说本地话，一条腿瘸。
            ② “哑巴妹”，20多岁，1米58，左眉断开。
            ③ 男，自称四十，胳膊上有疤。
            """)
        #expect(persons.count == 3)
        #expect(persons.first?.text(.name) == "田铁锁")
        #expect(persons.last?.text(.sex) == "male")
    }

    @Test("lines that begin with a number, a blank and a name are a list")
    func numbered() {
        let persons = NoticeReader.read(
            """
            护送返乡人员交接单
            1 冉有财 男 47 桐梓人 智力残疾
            2 女 自报“伍四妹” 约60 左眼失明
            3 男童 约8岁 聋哑 头顶有两个旋
            """)
        #expect(persons.map { $0.text(.sex) } == ["male", "female", "male"])
    }

    @Test("paragraphs about a boy and a girl are two, a second one about the same is not")
    func paragraphs() {
        let boy = "2020年9月6日5时，麻柳镇卫生室门前台阶上发现男性婴儿一名，出生约3天，由麻柳派出所送来抚养。"
        let girl = "2019年12月24日，跃进路商场母婴室发现女性婴儿一名，约2个月，左大腿内侧有青色胎记，由后坪派出所送来。"
        let same = "2020年9月6日同日送来医院检查，该男婴体重2.9公斤，患有先天性唇裂，由卫生室护送。"
        #expect(NoticeReader.read(boy + "\n" + girl).map { $0.text(.sex) } == ["male", "female"])
        #expect(NoticeReader.read(boy + "\n" + same).count == 1)
    }

    @Test("a line begins with a station in brackets for each person")
    func headed() {
        let persons = NoticeReader.read(
            """
            三站联合发布
            （淮阴）6月1日晚巡查接回：男，自称鲁大勇，48，花衬衫、皮凉鞋。
            （泗阳）5月26日群众送：女，披麻袋，二十三四。
            """)
        #expect(persons.map { $0.text(.sex) } == ["male", "female"])
    }

    @Test("a town nobody listed is a home behind 家在 and before 人, a kind of person is not")
    func homes() {
        func home(_ text: String) -> String? {
            NoticeReader.read(text).first?.text(.placeClaimed)
        }
        let begin = "无名氏，男，约60岁，身高1.65米，"
        #expect(home(begin + "家在循甸。") == "循甸")
        #expect(home(begin + "桐柳人，不识字。") == "桐柳")
        #expect(home(begin + "聋哑人，不识字。") == nil)
        #expect(home(begin + "老年人，不识字。") == nil)
    }

    @Test("she tells somebody her name; a rare surname stands before the sex")
    func names() {
        func name(_ text: String) -> String? { NoticeReader.read(text).first?.text(.name) }
        #expect(name("女，约50岁，身高1.58米。她告诉社工她叫“林爱娟”，家住三都镇。") == "林爱娟")
        #expect(name("女，约50岁，身高1.58米。她的护士叫林爱娟。") == nil)
        #expect(name("寻人\n尕玛措，女，藏族，34岁，8月17日走失。") == "尕玛措")
    }
}
