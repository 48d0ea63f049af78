# 报名、候补、花名册

# 报名
enrolment-title = 报名
enrolment-you = 报名人信息
enrolment-you-wrong = 信息有误？请联系本县区管理员更改，不影响先报名。
enrolment-name = 姓名
enrolment-phone = 手机号
enrolment-phone-hint = 11 位手机号，用于登录和通知
enrolment-firm = 企业
enrolment-no-firm = 未登记企业
enrolment-county = 县区
enrolment-position = 职务
enrolment-note = 备注
enrolment-note-hint = 需要老师知道的事，如同行人、饮食、无障碍需求
enrolment-why = 原因
enrolment-apply = 确认报名
enrolment-join-waitlist = 确认报名，进入候补
enrolment-closes = 报名截止：{ $at }
enrolment-forecast = 提交之后
enrolment-forecast-approved = 名额还有，提交后立即确认，不用等审核。
enrolment-forecast-submitted = 提交后由学院管理员审核，结果会通知您。
enrolment-forecast-waitlisted = 目前名额已满，提交后进入候补，排在第 { $place } 位。有人退出时按顺序递补，并立即通知您。
enrolment-to-class = 查看班次
enrolment-mine = 我的报名
enrolment-find = 看看有哪些班次
enrolment-none = 还没有报过名
enrolment-none-text = 在首页选一个正在报名的班次，一页就能报完。
enrolment-cutoff = 候补递补到 { $at } 为止。
enrolment-reason-given = 理由：{ $reason }

enrolment-done-approved = 报名成功，名额已确认
enrolment-done-submitted = 已提交，等待审核
enrolment-done-waitlisted = 已报名，候补第 { $place } 位
enrolment-done-withdrawn = 已退出

enrolment-withdraw = 退出报名
enrolment-withdraw-title = 确定退出“{ $class }”吗？
enrolment-withdraw-text = 退出后名额立即让给候补的第一位。再想参加要重新报名，排在候补最后。
enrolment-withdraw-yes = 确定退出

# 状态
enrolment-state = 状态
enrolment-state-submitted = 待审核
enrolment-state-approved = 已录取
enrolment-state-waitlisted = 候补
enrolment-state-rejected = 未通过
enrolment-state-withdrawn = 已退出
enrolment-state-replaced = 已换人
enrolment-state-lapsed = 候补结束
enrolment-state-place = 候补第 { $place } 位

enrolment-standing-submitted = 已报名，等待审核
enrolment-standing-approved = 已报名，名额已确认
enrolment-standing-waitlisted = 已报名，候补第 { $place } 位
enrolment-standing-rejected = 报名未通过
enrolment-standing-withdrawn = 已退出
enrolment-standing-replaced = 已由本企业其他人接替
enrolment-standing-lapsed = 候补已结束，未能递补

enrolment-next-submitted = 学院管理员审核后通知结果。
enrolment-next-approved = 按课表到场，用手机扫码签到即可。
enrolment-next-waitlisted = 有名额空出时，按优先级和报名先后自动递补，并立即通知。
enrolment-next-rejected = 如有疑问，请联系学院管理员。
enrolment-next-withdrawn = 想再参加可以重新报名。
enrolment-next-replaced = 名额归企业所有，由企业联络员安排。
enrolment-next-lapsed = 欢迎报名下一期。

# 不能报名的原因
enrolment-already = 已经在本班名单中，不用重复报名
enrolment-not-yet = 报名还没有开始，{ $when } 开放报名
enrolment-over = 报名已于 { $when } 截止
enrolment-closed-running = 本班已开课，不再接受自行报名。如需加入，请联系学院管理员。
enrolment-closed-cancelled = 本班已取消
enrolment-closed-ended = 本班已经结班
enrolment-closed-not-open = 本班还没有开放报名
enrolment-full-for-good = 名额已满，候补也已截止
enrolment-no-held-seat = 本企业在这个班没有空余的预留名额
enrolment-no-seat-at-the-door = 没有可用的名额：班级已满，或前面还有候补的人
enrolment-nothing-to-withdraw = 这条报名已经不在名单中，不用退出
enrolment-nothing-to-replace = 这个名额现在不能换人，请刷新页面再看
enrolment-text-control = 含有无法保存的字符，请重新输入
enrolment-text-long = 最多 { $max } 个字

# 通知
enrolment-notice-promoted = 您已从候补递补进“{ $class }”，名额已确认
enrolment-notice-approved = 您报名的“{ $class }”已录取
enrolment-notice-waitlisted = 您报名的“{ $class }”名额已满，已为您排入候补
enrolment-notice-rejected = 您报名的“{ $class }”未通过：{ $why }
enrolment-notice-withdrawn = 您已被移出“{ $class }”：{ $why }
enrolment-notice-lapsed = “{ $class }”的候补已结束，这次未能递补
enrolment-notice-added = 您已被加入“{ $class }”，名额已确认
enrolment-notice-added-waiting = 您已被加入“{ $class }”的候补
enrolment-notice-replaced = 您在“{ $class }”的名额已由本企业其他人接替
enrolment-notice-undone = “{ $class }”的审核结果已撤回，重新审核中

# 花名册
enrolment-tab-roster = 花名册
enrolment-tab-add = 添加学员
enrolment-tab-import = 导入
enrolment-tab-holds = 企业预留名额
enrolment-export = 导出 Excel
enrolment-views = 按状态查看
enrolment-view-live = 全部在册
enrolment-view-submitted = 待审核
enrolment-view-approved = 已录取
enrolment-view-waitlisted = 候补
enrolment-view-ended = 已结束
enrolment-search = 搜索姓名、拼音首字母、手机号或企业
enrolment-all-counties = 全部县区
enrolment-sort = 排序
enrolment-sort-queue = 按排队顺序
enrolment-sort-name = 按姓名
enrolment-sort-change = 最近变动在前
enrolment-applied = 报名时间
enrolment-priority = 优先级
enrolment-priority-hint = 数字大的先递补，一般为 0
enrolment-priority-range = 优先级须在 −9 到 9 之间
enrolment-priority-set = 优先级…
enrolment-priority-yes = 设定优先级
enrolment-held = 企业名额
enrolment-seat = 名额
enrolment-source = 来源
enrolment-source-self = 本人报名
enrolment-source-desk = 管理员添加
enrolment-source-import = 表格导入
enrolment-source-firm = 企业指定
enrolment-source-walk_in = 现场加入
enrolment-reason = 理由
enrolment-nobody = 还没有人报名
enrolment-nobody-text = 可以手工添加学员，或导入现成的名单。
enrolment-nobody-found = 没有符合条件的人
enrolment-nobody-found-text = 换一个搜索词，或放宽筛选条件。
enrolment-show-all = 查看全部在册

enrolment-seats-all = 全部名额
enrolment-seats-quota = { $county }专属名额
enrolment-seats-common = 公共名额
enrolment-seats-held = { $firm }预留
enrolment-in-line = 待审核 { $submitted } 人，候补 { $waiting } 人

enrolment-select = 选择
enrolment-select-one = 选择{ $name }
enrolment-select-all = 选中本页全部
enrolment-selected = 已选 { $n } 人
enrolment-selected-plain = 对选中的人：
enrolment-none-selected = 请先选择至少一人
enrolment-too-many-selected = 一次最多处理 { $max } 人
enrolment-decision-missing = 请选择要做的操作
enrolment-reason-missing = 请写明理由，本人会看到
enrolment-approve = 通过
enrolment-reject-open = 不通过…
enrolment-reject-text = 只对待审核的人有效，理由会通知本人。
enrolment-reject-reason = 不通过的理由
enrolment-reject-yes = 确定不通过
enrolment-takeoff-open = 移出名单…
enrolment-takeoff-text = 移出后名额让给候补。
enrolment-takeoff-yes = 确定移出
enrolment-takeoff-reason = 移出的理由
enrolment-did-approve = 已录取 { $approved } 人，转入候补 { $waitlisted } 人，无名额 { $noseat } 人，跳过 { $left } 人
enrolment-did-reject = 已不通过 { $rejected } 人，跳过 { $left } 人
enrolment-did-withdraw = 已移出 { $withdrawn } 人，递补 { $promoted } 人，跳过 { $left } 人
enrolment-did-priority = 已设定 { $priority } 人的优先级，跳过 { $left } 人
enrolment-undo = 撤销
enrolment-undo-text = 点错了？{ $minutes } 分钟内可以撤销刚才的审核。
enrolment-did-undo = 已撤销 { $n } 人的审核，恢复为待审核
enrolment-nothing-to-undo = 没有可以撤销的：已超过时限，或之后又有变动

enrolment-keys = 键盘操作
enrolment-key-j = 下一行（先用 Tab 进入表格）
enrolment-key-k = 上一行
enrolment-key-x = 选中或取消
enrolment-key-shift = 选中一段
enrolment-key-a = 选中本页全部或全部取消
enrolment-key-enter = 打开这一行的详情，Esc 关闭
enrolment-key-slash = 跳到搜索
enrolment-key-help = 打开本说明
enrolment-drawer = 学员详情
enrolment-drawer-close = 关闭

enrolment-history = 变动记录
enrolment-by = { $name }
enrolment-by-itself = 系统自动
enrolment-event-applied = 报名
enrolment-event-approved = 通过
enrolment-event-waitlisted = 转入候补
enrolment-event-rejected = 不通过
enrolment-event-withdrawn = 退出
enrolment-event-promoted = 递补
enrolment-event-lapsed = 候补结束
enrolment-event-replaced = 换人
enrolment-event-took_over = 接替名额
enrolment-event-priority = 调整优先级
enrolment-event-undone = 撤销审核
enrolment-event-changed = 变动

# 手工添加
enrolment-add = 加入花名册
enrolment-add-known = 已登记的人
enrolment-add-search = 搜索姓名、拼音首字母、手机号或企业
enrolment-add-none = 没有找到
enrolment-add-none-text = 只能找到本县区的人。如果还没有登记，请在下面新增。
enrolment-add-new = 新增一人
enrolment-add-new-yes = 登记并加入
enrolment-name-missing = 请填写姓名
enrolment-region-wrong = 请选择您负责的县区
enrolment-did-add = { $name }已加入，名额已确认
enrolment-did-add-waiting = { $name }已加入候补，第 { $place } 位

# 企业预留名额
enrolment-holds-none = 没有企业预留名额
enrolment-holds-none-text = 为企业预留名额后，由企业联络员指定参加人，也可以换人。
enrolment-hold-set = 设定预留
enrolment-hold-firm-hint = 企业全称
enrolment-hold-firm-missing = 请填写企业全称
enrolment-hold-firm-unknown = 没有找到这家企业，请填写登记的全称
enrolment-hold-firm-twice = 有几家同名企业，请联系市级管理员处理
enrolment-hold-seats = 预留名额
enrolment-hold-seats-hint = 填 0 取消预留
enrolment-hold-seats-wrong = 请填写 0 到 { $max } 之间的整数
enrolment-hold-too-many = 公共名额不够，最多可预留 { $free } 个
enrolment-hold-below-used = 已有 { $used } 人占用，不能少于这个数
enrolment-hold-used = 已指定
enrolment-hold-until = 保留到
enrolment-hold-until-hint = 到这一天结束为止，之后未用的名额归还公共名额
enrolment-hold-until-wrong = 请填写日期
enrolment-hold-no-end = 不限
enrolment-hold-released = 已于 { $at } 归还未用名额
enrolment-hold-yes = 保存
enrolment-did-hold = 已保存，预留 { $seats } 个名额

# 企业联络员
enrolment-firm-seats = 本企业名额
enrolment-firm-lead = 指定参加人；临时有变可以换人，名额和审核结果不变。
enrolment-firm-none = 还没有为本企业预留名额
enrolment-firm-none-text = 需要名额请联系所在县区的学院管理员。
enrolment-firm-until = 请在 { $at } 前指定，逾期未用的名额归还公共名额
enrolment-firm-filled = 已指定
enrolment-firm-name = 参加人
enrolment-firm-name-hint = 本企业登记在册的人
enrolment-firm-name-yes = 指定参加
enrolment-person-choose = 请选择
enrolment-person-missing = 请选择一个人
enrolment-did-name = 已指定，本人会收到通知
enrolment-replace = 换人
enrolment-replace-title = 由谁接替{ $name }？
enrolment-replace-text = 名额立即转给新的参加人，双方都会收到通知。原来的考勤记录保留。
enrolment-replace-by = 接替人
enrolment-replace-yes = 确定换人
enrolment-did-replace = 已换人
