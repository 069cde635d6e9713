import Foundation
import Testing

@testable import GuituMatching

@Suite("Notices that came before")
struct NoticeDuplicatesTests {
    let notice = """
        寻亲公告：无名氏，男，约60岁，身高1.65米，2021年6月3日在来宾市兴宾区桥东菜市场被发现，左脸有一道疤，\
        穿蓝色衬衫、黑色长裤，口音像桂北一带，不能提供家庭住址。如有知情者请与来宾市救助管理站联系，电话0772-4280119。
        """

    @Test("the same text in another width and with other blanks is an exact copy")
    func exact() {
        var known = NoticeDuplicates()
        #expect(known.add(notice, id: "a") == .new)
        let wide =
            notice.replacingOccurrences(of: "，", with: " , ")
            .replacingOccurrences(of: "60", with: "６０") + "\n"
        #expect(known.add(wide, id: "b") == .exact("a"))
    }

    @Test("a copy with a title and a changed number is near, another notice is new")
    func near() {
        var known = NoticeDuplicates()
        _ = known.add(notice, id: "a")
        guard case .near("a", let share) = known.add("扩散！" + notice + "转自民政", id: "b") else {
            Issue.record("the copy was not recognised")
            return
        }
        #expect(share > 0.75 && share < 1)
        let other = notice.replacingOccurrences(
            of: "男，约60岁，身高1.65米", with: "女，约25岁，身高1.52米，长发，不会说话"
        )
        .replacingOccurrences(of: "左脸有一道疤，穿蓝色衬衫、黑色长裤，口音像桂北一带", with: "右手背有胎记，穿红色毛衣、牛仔裤，怀抱布娃娃")
        .replacingOccurrences(of: "2021年6月3日在来宾市兴宾区桥东菜市场", with: "2022年1月9日在合山市岭南镇卫生院门口")
        #expect(known.add(other, id: "c") == .new)
    }

    @Test("texts without a character are told apart from nothing else")
    func empty() {
        var known = NoticeDuplicates()
        #expect(known.add("", id: "a") == .new)
        #expect(known.add("。！", id: "b") == .exact("a"))
        #expect(known.add("啊", id: "c") == .new)
    }
}
