# 签到：现场大屏、手机签到、扫学员码、候补加入、签到设备

attendance-status-present = 到课
attendance-status-late = 迟到
attendance-status-left_early = 早退
attendance-status-excused = 请假
attendance-status-absent = 缺勤

attendance-checkin-title = 签到
attendance-checkin-button = { $name }，点这里签到
attendance-checkin-who = 当前登录的是 { $name }。不是本人请先退出登录，再重新扫码。
attendance-sign-in-first = 登录后签到
attendance-sign-in-keeps-time = 签到时间按刚才扫码的时间算，登录慢一点不影响。没有账号可以在登录页注册。
attendance-check-in = 签到

attendance-fact-who = 学员
attendance-fact-lesson = 课程
attendance-fact-class = 班次
attendance-fact-time = 上课时间
attendance-fact-venue = 地点
attendance-fact-at = 签到时间

attendance-answer-present = 签到成功
attendance-answer-present-text = 您已按时到课。
attendance-answer-late = 已签到（迟到）
attendance-answer-late-text = 已过开课后的宽限时间，记为迟到。如有误，请告诉班主任。
attendance-answer-left_early = 记为早退
attendance-answer-left_early-text = 这是班主任登记的结果。如有误，请告诉班主任。
attendance-answer-excused = 已请假
attendance-answer-excused-text = 本节课您已请假。如果人已到场，请告诉班主任更正。
attendance-answer-absent = 记为缺勤
attendance-answer-absent-text = 这是班主任登记的结果。如果人已到场，请告诉班主任更正。
attendance-next-title = 下一节课
attendance-to-me = 看我的课程和考勤
attendance-see-class = 查看班次和课程安排

attendance-refused-not-on-roster = 不在本班花名册上，可以申请加入
attendance-refused-too-early = 签到还没有开始，请在 { $opens } 以后再来
attendance-refused-too-early-title = 还没到签到时间
attendance-refused-closed = 本节课的签到已经结束。人已到场的，请班主任补登。
attendance-refused-closed-title = 签到已结束
attendance-refused-cancelled = 本节课已取消，不用签到
attendance-refused-cancelled-title = 本节课已取消
attendance-ticket-old = 扫码已超过 5 分钟，请再扫一次大屏上的二维码

attendance-scan-again-title = 请再扫一次
attendance-scan-again-text = 大屏上的二维码每 15 秒换一次。请扫现在显示的这一个。
attendance-type-instead = 扫不了码，改为输入
attendance-q-title = 输入签到码
attendance-q-lead = 请输入大屏二维码旁边的 8 位签到码。
attendance-q-old = 这个签到码已经过期。请扫大屏上现在的二维码，或输入现在的签到码。
attendance-q-code = 签到码
attendance-q-code-hint = 字母不分大小写，中间的横线可以不输
attendance-q-wrong = 签到码是 8 位字母和数字，请对照大屏再输一次
attendance-q-go = 下一步

attendance-walk-in-none-title = 您不在本班花名册上
attendance-walk-in-none-text = { $name }，您可以申请加入本班，工作人员马上就能看到。
attendance-ask-to-be-added = 申请加入本班
attendance-walk-in-asked-title = 已经申请，请稍等
attendance-walk-in-asked-text = { $name }，工作人员已经看到您的申请。同意后会直接为您签到，本页会自动更新。
attendance-walk-in-refused-title = 没有同意加入
attendance-walk-in-refused-text = { $name }，工作人员没有同意您加入本班。有疑问请到签到台询问。
attendance-walk-in-why = 原因：{ $why }
attendance-look-again = 看看结果
attendance-walk-in-on-roster = 您已在花名册上，直接签到就可以
attendance-walk-in-decided = 这条申请已经有人处理过了
attendance-walk-in-class-full = 班里名额已满，不能加入。可以先调整班次名额。
attendance-notice-walk-in-added = 已同意您加入《{ $topic }》所在的班，并已为您签到
attendance-notice-walk-in-refused = 没有同意您加入《{ $topic }》所在的班：{ $why }

attendance-wall-title = 签到大屏 · { $topic }
attendance-wall-code-label = 签到二维码
attendance-wall-scan = 微信扫一扫签到
attendance-wall-type = 或打开 { $address } 输入
attendance-wall-of = 人已到 · 应到 { $n } 人
attendance-wall-arrived = 到课人数
attendance-wall-name = { $surname }学员
attendance-wall-opens = { $opens } 开始签到
attendance-wall-over = 本节课已结束
attendance-wall-closed = 本节课签到已结束
attendance-wall-lost = 与服务器断开，二维码可能已过期，正在重新连接……

attendance-live-lost = 与服务器断开，正在重新连接……
attendance-live-arrived = 已到 { $n } 人，应到 { $of } 人
attendance-live-waiting = 有 { $n } 人在门口申请加入

attendance-close-before-start = 还没有开课，不能结束考勤
attendance-closed-reopen-first = 本节课考勤已结束，请先重新打开

attendance-why-missing = 请填写原因
attendance-too-long = 最多 { $max } 个字
attendance-control-characters = 含有不能使用的字符，请删去后重试

attendance-scan-title = 扫学员码签到
attendance-scan-start = 打开摄像头
attendance-scan-blocked = 摄像头打不开。请在浏览器里允许使用摄像头，或在下面输入学员码。
attendance-scan-missing = 这个浏览器不能在网页里扫码。请用手机自带的相机扫学员的二维码，打开链接后点“签到”；或在下面输入学员码。
attendance-scan-typed = 输入学员码
attendance-scan-code = 学员码
attendance-scan-code-hint = 学员二维码下面的一串字母和数字
attendance-code-missing = 请输入学员码
attendance-code-unknown = 没有这个学员码，请核对
attendance-scan-in = { $name } 已签到（{ $at }）
attendance-scan-late = { $name } 已签到，记为迟到（{ $at }）
attendance-scan-again = { $name } 之前已签到（{ $at }）
attendance-scan-by-hand = { $name } 的考勤已由工作人员登记，扫码没有改动

attendance-my-code-title = 我的学员码
attendance-my-code-label = 我的学员二维码
attendance-my-code-help = 在签到台出示，由工作人员或签到设备扫码。请不要转发给别人。
attendance-person-title = 为 { $name } 签到
attendance-person-lead = 您负责的班次里，这位学员今天的课。
attendance-person-none = 今天没有这位学员的课
attendance-person-none-text = 可能不在您负责的班次里，或者不在花名册上。请学员扫大屏二维码申请加入。

attendance-devices-title = 签到设备
attendance-devices-lead = 闸机、平板等设备用令牌为学员签到。令牌只在登记时显示一次，丢失后请停用并重新登记。
attendance-devices-none = 还没有签到设备
attendance-devices-none-text = 在下面登记第一台设备，把令牌填到设备里。
attendance-device-new = 登记新设备
attendance-device-name = 设备名称
attendance-device-name-hint = 例如：报告厅东门平板
attendance-device-name-missing = 请填写设备名称
attendance-device-school = 学校（学院）
attendance-device-school-missing = 请选择学校（学院）
attendance-device-register = 登记设备
attendance-device-registered = 登记
attendance-device-seen = 最近使用
attendance-device-never = 还没有用过
attendance-device-state = 状态
attendance-device-token-title = 设备已登记，请马上抄下令牌
attendance-device-token-text = 令牌只显示这一次，离开本页后就看不到了。
attendance-device-revoke = 停用
attendance-device-revoke-sure = 停用“{ $name }”？
attendance-device-revoke-text = 停用后这台设备马上不能签到，而且不能恢复。
attendance-device-revoked-at = { $at } 停用
attendance-device-revoked = 已停用“{ $name }”
attendance-notice-reminder = 上课提醒：“{ $class }”的“{ $topic }”，{ $when }，地点：{ $venue }
attendance-notice-reminder-no-venue = 上课提醒：“{ $class }”的“{ $topic }”，{ $when }，地点另行通知
