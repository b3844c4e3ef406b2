package parser

// Kinds of words in lines around a body. A line is looked at only when it is short;
// what is said of a word holds for a line that begins with it unless it says more.
const (
	after    kind = 1 << iota // what follows is not the body any more: 相关阅读
	aside                     // this line is not the body: 打印
	footer                    // anywhere in a line without full stop: the page's foot
	anywhere                  // an aside wherever it stands in a short line
	crumbs                    // begins a breadcrumb
	contact                   // an address or telephone number, part of the foot beside other words of it
)

// around are the words of lines that stand around bodies (PORTALS 3.5).
var around = newLexicon(map[kind]string{
	after: `上一篇 下一篇 上一条 下一条 上一條 下一條 上篇 下篇 前一篇 后一篇 後一篇 上一则 下一则 上一页 下一页 上页 下页
		相关链接 相关新闻 相关阅读 相关稿件 相关文件 相关解读 相关报道 相关文章 相关专题 相关内容 相关资讯 相关信息 相关推荐 相關新聞 相關文章 相關報導 相关图片
		延伸阅读 延伸閱讀 推荐阅读 推荐新闻 推荐文章 热点新闻 热点推荐 热门新闻 热门文章 热门推荐 最新新闻 最新文章 最新信息 图片新闻 猜你喜欢 您可能感兴趣 你可能感兴趣 编辑推荐 精彩推荐 更多新闻 更多精彩 更多相关
		网友评论 網友評論 我要评论 发表评论 評論 最新评论 热门评论 分享到 分享至 分享： 分享: 【相关 [相关 ［相关 关键词阅读 你可能也喜歡 即時新聞 热图推荐 今日热点 新闻排行 点击排行 热点排行 排行榜 更多>>`,
	aside: `网络编辑 网编 值班编辑 執行編輯 制图/ 制图： 制图: 放大圖片 放大图片 HTML代码 Flash代码 全屏观看 责任编辑 責任編輯 责编 （责任编辑 (责任编辑 【责任编辑 [责任编辑 （责编 (责编 【责编 （编辑 (编辑 【编辑 [编辑 编辑： 编辑: 編輯： 本文编辑 （实习编辑 作者： 作者:
		来源： 来源: 來源： （来源 (来源 【来源 [来源 文章来源 稿源 信息来源 本文来源 （稿源 原标题 （原标题 (原标题 标签： 标签: 关键词： 关键词: 關鍵字 关键字 Tags tags TAG 标签 Tag
		打印 【打印 [打印 打印本页 关闭 【关闭 [关闭 关闭窗口 收藏 字号 字体 【字体 [字体 【字号 字體 保存 复制 我要纠错 纠错 内容纠错 返回顶部 返回列表 返回首页 返回 回到顶部 ↑ 扫一扫 扫码 微信扫一扫 手机扫码 用微信 打开微信
		浏览次数 浏览量 阅读次数 阅读量 点击数 点击量 点击率 访问量 访问次数 人气 阅读： 阅读: 点击： 浏览： 点击: 浏览:
		版权声明 免责声明 【版权 【免责 声明：本 特别声明 凡本网 凡注明 本网站刊登 分享 新浪微博 QQ空间 腾讯微博 微信 朋友圈 人人网 开心网 推荐给 推荐 顶 赞 我要分享 欢迎关注 关注我们 点赞 转发 评论 已有 共有 我来说两句 转到电脑端 手机版 电脑版 订阅 Facebook Twitter Plurk 更多
		发布时间 发布日期 时间： 日期： 更新时间 发表时间`,
	footer:   `版权所有 版權所有 主办单位 主办： 主办: 承办单位 承办： 协办单位 技术支持 ICP备 ICP证 公网安备 网站标识码 政府网站标识码 Copyright copyright COPYRIGHT All_Rights All_rights All_Right © 备案序号 备案号 网站地图 联系我们 关于我们 网站声明 隐私 建议使用 许可证 不良信息举报 邮编： 您是第 无障碍`,
	anywhere: `分享到 责任编辑 責任編輯 未经授权 未经许可 不得转载 禁止转载 转载请注明 轉載請註明 请勿转载 版权归 [打印] 【打印 【关闭 [关闭] 关闭窗口 打印本页 字号： 字体： 字号: 字体: 【字体 扫描二维码 扫一扫 返回顶部 我要评论 发表评论 收藏本文 加入收藏 网友评论 阅读次数 浏览次数 点击次数`,
	contact:  `地址 电话 電話 传真 邮箱 邮编 邮政编码 E-mail Email email 主管 网站管理 网站维护 制作维护 举报`,
	crumbs:   `当前位置 您的位置 您现在的位置 你现在的位置 您现在位置 当前所在位置 您当前所在位置 所在位置 您当前的位置 您所在的位置 你的位置 位置： 位置: 当前栏目 現在位置 目前位置 您的当前位置`,
})

// Kinds of labels in the lines of an article that say who, when and where.
const (
	isPublished kind = 1 << iota // 发布时间
	isModified                   // 更新时间: counts where nothing else is said
	isOtherDate                  // a date, but not of publication
	isSource
	isAuthor
	isEditor
	isIssuer
	isDocNumber
	isIndexNumber
	isSigned
	isNoise // a label of something nobody asks for
	isTitle
)

var labels = newLexicon(map[kind]string{
	isPublished:   `发布时间 发布日期 发表时间 发表日期 发稿时间 刊发时间 刊登日期 上网时间 上网日期 发布于 公开日期 公开时间 信息时间 录入时间 添加时间 创建时间 日期 时间 时间发布 發布時間 發佈時間 發布日期 時間 Date 发布时间为 信息发布时间 信息发布日期 文章发布时间 发布 上传时间 提交时间 信息日期 公告日期 发文时间`,
	isModified:    `更新时间 更新日期 修改时间 修改日期 更新 最后更新 最后修改 更新時間 編輯時間`,
	isOtherDate:   `发文日期 印发日期 签发日期 实施日期 施行日期 生效日期 废止日期 失效日期 失效时间 有效期 截止日期 截止时间 报名时间 开标时间 会议时间 来信时间 办结时间 出生日期 今天 今天是 当前时间 页面生成时间 有效期至 培训时间 活动时间 开始时间 结束时间`,
	isSource:      `来源 信息来源 文章来源 稿件来源 内容来源 新闻来源 消息来源 转载来源 稿源 供稿 供稿单位 来稿单位 发布机构 发布单位 发布部门 责任部门 信息提供 出处 來源 资料来源 文章出处 文章來源 消息來源 作者单位 来源于 本文来源 原文出处 供稿部门 撰稿单位 发布者单位`,
	isAuthor:      `作者 记者 通讯员 撰文 撰稿 撰稿人 文章作者 記者 原创 文/图 图/文`,
	isEditor:      `编辑 责编 责任编辑 編輯 責任編輯 网络编辑 编辑人 责任编辑人 执行编辑 编 实习编辑`,
	isIssuer:      `发文机关 发文单位 公开机构 制发机关 发文机构 颁布机构 公开单位`,
	isDocNumber:   `文号 发文字号 发文文号 公文字号 文件编号 文件号 文书号 发文号`,
	isIndexNumber: `索引号 索引号码 信息索引号 索取号`,
	isSigned:      `成文日期 生成日期 成文时间`,
	isTitle:       `标题 名称 文件名称 信息名称`,
	isNoise:       `浏览次数 浏览量 浏览 阅读次数 阅读量 阅读 点击量 点击数 点击率 点击 点击次数 访问次数 访问量 人气 热度 字体 字号 字体大小 打印 审核 审核人 初审 复审 终审 校对 监制 签发 签发人 录入 录入者 上传 核稿 摄影 分享 分享到 收藏 关键词 关键字 主题分类 主题词 公开方式 体裁分类 组配分类 有效性 信息类别 浏览数 查看 评论 保护视力色 视力保护色 背景色 发布人 发布者 摘要 导读 字体颜色 次数 文章来自 栏目 本文栏目 类别 分类 所属栏目 作者邮箱 點擊 公开范围 公开形式 公开程序 公开时限 内容概述 信息分类 来信人 录入人 查看次数 浏览人数 阅读数 内容审核 二审 三审 一审`,
})

// Kinds of words in sentences of the site itself. An invitation has one of each of
// the first three; a ban is one by itself.
const (
	isNetwork    kind = 1 << iota // where to follow: Facebook, 微信
	isInvitation                  // what to do: 关注
	isAddress                     // you and us
	isBan                         // 未经授权不得转载
	isMatter                      // what sites have to say to readers: 侵权, 投稿
	isReader                      // whom they say it to
)

var promises = newLexicon(map[kind]string{
	isNetwork: `Facebook facebook FB Twitter twitter Google_plus Google+ LINE Plurk YouTube Instagram Telegram 微博 微信 公众号 公眾號 客户端 客戶端 APP App 粉絲團 粉丝团 粉絲專頁 專頁 二维码 QR_code
		手机版 手機版 3g. wap. 手机报 RSS 电子报 電子報 微信号 订阅号 视频号 抖音 头条号`,
	isInvitation: `关注 關注 加入 下载 下載 follow Follow Like 按讚 讚一個 登陆 登陸 登录 登錄 扫描 掃描 扫一扫 订阅 訂閱 搜索 收听 分享 安装 安裝 看新闻 看新聞 互动 互動`,
	isMatter: `稿件 书面许可 書面許可 书面授权 转载 轉載 版权 版權 著作权 著作權 侵权 侵權 来稿 投稿 稿酬 来信告知 来电告知 任意引用 不當留言 不当留言 核实后 核實後 赞同其观点 贊同其觀點 真实性负责 真實性負責 投资建议 投資建議 相关内容
		本页面所载 本頁面所載`,
	isReader:  `您发现 您認為 您认为 如您 如有 如果您 请您 請您 若您 请与 請與 请联系 請聯繫 请在 請在 请来 欢迎 歡迎 请注明 請註明`,
	isAddress: `本社 本平台 本频道 本頻道 本网站 本網站 本页面 本頁面 你 您 我們 我们 本报 本報 本站 本网 本網 本刊 欢迎 歡迎 請 请 敬请 快来 快點 一起 手机 手機 随时随地 隨時隨地 24小时 24小時`,
	isBan: `移动发 移動發 联通发 务经书面授权 務經書面授權 未经书面 不得转载 不得轉載 严禁转载 嚴禁轉載 禁止转载 谢绝转载 请勿转载 請勿轉載 转载请注明 轉載請註明 转载须注明 转载时请注明 转载必须注明 须注明来源 必须注明 并注明来源
		侵权必究 違者必究 违者必究 版权归 版权均属 版权为 版權所有 版权所有 拥有完整版权 保留所有权利 不构成投资建议 不構成投資建議 不构成任何投资 仅供参考，不构成 投资者据此操作 据此操作，风险 風險自負
		不代表本网 不代表本站 不代表本報 不代表本报 不代表本网站 与本网站无关 与本站无关 仅代表作者本人 仅代表作者个人 本文仅代表 不对其真实性 不保证其真实性 仅供读者参考 文责自负 免责声明 免責聲明`,
})
