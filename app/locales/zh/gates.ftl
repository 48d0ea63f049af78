gates-no-pilot = 贵企业目前不在对标提升试点中
gates-no-pilot-text = 试点企业由县区推荐、市里遴选。有意参加的，请与本县区工商联联系；培训课程不受影响。
gates-to-classes = 看看正在招生的班次
gates-own-lead = 贵企业参加对标提升的情况。
gates-to-seats = 企业名额
gates-nominated-on = { $day } 推荐

gates-state-nominated = 已推荐
gates-state-screened = 已初筛
gates-state-chosen = 已入选
gates-state-declined = 未入选
gates-state-withdrawn = 已退出
gates-state-substituted = 已替换
gates-state-terminated = 已终止
gates-state-completed = 已完成
gates-state-text-nominated = 县区已推荐，等待市里初筛。入选后，这里显示四个阶段和下一道关口还差什么。
gates-state-text-screened = 已通过初筛，等待市里遴选。入选后，这里显示四个阶段和下一道关口还差什么。
gates-state-text-chosen = 已入选，等待进入寻标阶段。
gates-state-text-declined = 本批次未入选。以后的批次仍可由县区推荐。
gates-state-text-withdrawn = 企业已退出本批次，原因见下面的经过。
gates-state-text-substituted = 本企业的名额已由另一家企业接替，原因见下面的经过。
gates-state-text-terminated = 市里已终止本企业的试点，原因见关口记录。
gates-state-text-completed = 四个阶段全部通过，对标提升已完成。

gates-track = 四个阶段
gates-passed = 已通过
gates-passed-on = { $day } 通过
gates-open-until = 附条件，至 { $day }
gates-ahead = 未到
gates-at-open = 进行中
gates-at-county = 县区初审中
gates-at-city = 市级终审中

gates-met = 满足
gates-unmet = 未满足
gates-conditions = 关口条件
gates-held = 满足 { $held } 项，共 { $all } 项
gates-gate-of = { $stage }关口

gates-next-gate = 下一道关口：{ $stage }
gates-home-missing = 还差 { $n } 项条件：
gates-home-ready = 条件全部满足，可以申请过关了。
gates-home-ready-other = 条件全部满足，企业可以申请过关。
gates-home-waits-for-condition = 本阶段条件已满足；上一道关口的附加条件登记满足后，就可以申请。
gates-home-lies = { $place }，自 { $since } 起。
gates-go-open = 申请过关
gates-go-county = 去初审
gates-go-city = 去终审
gates-see-all = 查看全部条件

gates-open-title = { $stage }关口附条件通过：须在 { $day } 前（含当日）满足
gates-open-text = 到期仍有一项不满足，企业自动退回该阶段；在此之前不能申请下一道关口。
gates-open-met = 附加条件都已满足。登记后即可申请下一道关口；不登记的，到期由系统核对。
gates-open-link = 查看关口

gates-next-action = 最近到期的行动
gates-no-action = 没有进行中的行动。
gates-no-action-own = 没有进行中的行动。核定之后，针对差距制定改善行动。
gates-action-hint = { $owner } 负责 · { $day } 到期 · 已完成 { $progress }%
gates-action-late = 已逾期 · { $when }
gates-actions-late = 共有 { $n } 项行动逾期。
gates-all-actions = 全部行动

gates-returned = 已退回
gates-returned-title = 退回待处理
gates-returned-gate = { $stage }关口申请
gates-returned-gate-date = 附加条件到期未满足，已退回该阶段。
gates-returned-assessment = 自评
gates-returned-evidence = { $n } 项佐证未被采纳
gates-returned-na = { $n } 项“不适用”未获同意
gates-returned-actions = { $n } 项行动的佐证未被采纳

gates-latest = 最近的决定
gates-no-decisions = 还没有申请过关，也没有决定。
gates-whole-record = 全部关口记录
gates-history = 经过

gates-no-gate = 企业状态：{ $state }。没有进行中的关口。
gates-live-text = 下列数字是 { $day } 的实时情况。
gates-condition-open = 上一道关口的附加条件还没有满足，暂不能申请。
gates-cannot-apply = 还有 { $n } 项条件不满足，全部满足后才能申请。点开条件，可到办理的地方。
gates-firm-can-apply = 条件全部满足，由企业联络员申请。
gates-note = 给县区的说明
gates-note-hint = 比如佐证在哪里、有什么需要特别看的。
gates-apply = 申请通过{ $stage }关口
gates-waits-county = { $since } 起在县区初审。
gates-waits-city = { $since } 起在市里终审。
gates-check-label = 初审结论
gates-forward = 同意，报市里终审
gates-forward-hint = 材料真实、完整。
gates-return = 退回企业
gates-return-hint = 企业补充后可以再次申请。
gates-opinion = 初审意见
gates-opinion-hint = 企业和市里都能看到；退回的，请写明要补什么。
gates-check-submit = 提交初审
gates-decide-label = 终审决定
gates-pass = 通过
gates-pass-hint = 企业进入“{ $next }”阶段。
gates-pass-last-hint = 四个阶段全部完成。
gates-conditional = 附条件通过
gates-conditional-hint = 企业先进入下一阶段；现在不满足的 { $n } 项须在期限内满足，否则自动退回。
gates-cannot-pass = 申请之后情况有变：{ $n } 项条件现在不满足，不能直接通过。
gates-due = 最后期限
gates-due-hint = 附条件通过时填写；当日仍然有效。
gates-why = 理由
gates-why-hint = 与当时的数字一起存入关口记录，企业和县区都能看到。
gates-decide-submit = 提交决定
gates-terminate = 终止试点
gates-terminate-title = 终止“{ $firm }”的试点？
gates-terminate-text = 企业退出本批次，名额空出；已有的记录保留。此决定不能撤销。
gates-terminate-why = 终止的理由
gates-terminate-yes = 确认终止
gates-settle = 登记：附加条件已满足
gates-record = 关口记录
gates-record-text = 每一步由谁、何时、为什么作出，以及当时的数字。只增不改。
gates-figures-then = 当时的数字：{ $held }
gates-step-applied = 企业申请
gates-step-county = 县区初审
gates-step-city = 市级终审
gates-step-due = 附加条件
gates-verdict-applied = 申请
gates-verdict-forwarded = 初审通过
gates-verdict-returned = 退回
gates-verdict-passed = 通过
gates-verdict-conditional = 附条件通过
gates-verdict-met = 条件已满足
gates-verdict-came_back = 到期退回
gates-verdict-terminated = 终止
gates-line-due = 须在 { $day } 前（含当日）满足
gates-line-was-due = 期限 { $day }

gates-desk = 关口审核
gates-desk-lead = 等待初审、终审的申请，先到先办；附条件通过的，按期限排列。
gates-list-county = 等待县区初审
gates-list-city = 等待市级终审
gates-list-conditions = 附条件通过
gates-empty-county = 没有等待初审的申请
gates-empty-city = 没有等待终审的申请
gates-empty-conditions = 没有未了结的附加条件
gates-empty-text = 企业申请过关后会出现在这里，同时有消息通知。
gates-column-firm = 企业
gates-column-county = 县区
gates-column-held = 最近一步时的条件
gates-column-since = 到达
gates-column-due = 期限
gates-task-waiting = 关口申请
gates-n-waiting = { $n } 家

gates-moved = 企业已不在这个阶段，请刷新后再看。
gates-stale = 您打开页面之后情况有变，没有保存。请核对现在的数字，再提交一次。
gates-not-running = 这家企业目前不在试点进行中，不能办理关口。
gates-already-applied = 申请已经提交，正在审核。
gates-not-with-county = 这项申请不在县区初审：可能别人已经办理，或企业尚未申请。
gates-not-with-city = 这项申请不在市级终审：县区还没有初审，或别人已经决定。
gates-nothing-fails = 条件全部满足，请直接通过，不必附条件。
gates-nothing-open = 没有未了结的附加条件。
gates-date-over = 期限已过，由系统按期核对，稍后可见结果。
gates-verdict-missing = 请选择一项
gates-opinion-missing = 请写初审意见
gates-why-missing = 请写理由
gates-due-missing = 请填写最后期限，如 2026-12-31
gates-due-range = 最后期限最早是明天，最晚是 { $days } 天以内
gates-done-applied = 已申请，等待县区初审。
gates-done-checked = 初审已提交。
gates-done-decided = 决定已保存，并已通知企业和县区。
gates-done-settled = 已登记：附加条件满足。

gates-notice-applied = { $firm }申请通过{ $stage ->
    [seek] 寻标
    [compare] 对标
    [improve] 改善
   *[uplift] 提升
}关口，等待县区初审
gates-notice-forwarded = { $firm }的{ $stage ->
    [seek] 寻标
    [compare] 对标
    [improve] 改善
   *[uplift] 提升
}关口申请已通过县区初审，等待市里终审
gates-notice-returned-county = { $firm }的{ $stage ->
    [seek] 寻标
    [compare] 对标
    [improve] 改善
   *[uplift] 提升
}关口申请被县区退回，请看初审意见
gates-notice-returned-city = { $firm }的{ $stage ->
    [seek] 寻标
    [compare] 对标
    [improve] 改善
   *[uplift] 提升
}关口申请被市里退回，请看理由
gates-notice-passed = { $firm }通过了{ $stage ->
    [seek] 寻标
    [compare] 对标
    [improve] 改善
   *[uplift] 提升
}关口
gates-notice-conditional = { $firm }附条件通过了{ $stage ->
    [seek] 寻标
    [compare] 对标
    [improve] 改善
   *[uplift] 提升
}关口，须在 { $zh } 前（含当日）满足
gates-notice-terminated = 市里终止了{ $firm }的试点，请看理由
gates-notice-met = { $firm }的{ $stage ->
    [seek] 寻标
    [compare] 对标
    [improve] 改善
   *[uplift] 提升
}关口附加条件已满足
gates-notice-came-back = { $firm }的附加条件到 { $zh } 仍未满足，已退回{ $stage ->
    [seek] 寻标
    [compare] 对标
    [improve] 改善
   *[uplift] 提升
}阶段

gates-figures-least = 现为 { $have }，需达到 { $need }
gates-figures-most = 现为 { $have }，不得超过 { $need }
gates-figures-days = 最长逾期 { $have } 天，不得超过 { $need } 天
gates-figures-points = 最多下降 { $have } 分，不得超过 { $need } 分
gates-figures-rise = 总分 { $points }、等级 { $grades }；需总分 { $need } 以上，或等级 { $more } 以上
gates-nothing-least = 还没有数据，需达到 { $need }
gates-nothing-most = 还没有数据，不得超过 { $need }
gates-nothing-rise = 还没有数据，需总分 { $need } 以上，或等级 { $more } 以上
gates-truth-yes = 是
gates-truth-no = 尚未
gates-short-by = ，还差 { $by }
gates-over-by = ，超出 { $by }
gates-lacking = 缺：{ $names }
gates-lacking-more = { $names } 等 { $n } 项
gates-lacking-actions = 涉及 { $n } 项行动

gates-condition-profile = 企业档案完整
gates-condition-self_assessment = 自评答完
gates-condition-self_assessment_submitted = 自评已提交
gates-condition-primary_benchmark = 一家主标杆
gates-condition-benchmark_dated = 标杆水平有来源，且不早于 24 个月前
gates-condition-benchmark_dimensions = 标杆覆盖的维度
gates-condition-benchmark_weight = 标杆覆盖的权重
gates-condition-verified = 指标全部核定
gates-condition-root_causes = 最大差距写明根因
gates-condition-targets = 改善目标
gates-condition-target_dimensions = 目标覆盖的维度
gates-condition-target_actions = 每个目标有完整的行动
gates-condition-completion = 行动加权完成率
gates-condition-cancelled = 取消的行动
gates-condition-late = 一级行动逾期
gates-condition-done_proved = 完成的行动佐证已采纳
gates-condition-reassessed = 复评已核定
gates-condition-closure = 差距弥合率
gates-condition-rise = 总分或等级提升
gates-condition-dimension_fall = 单个维度下降
gates-condition-written_in = 完成的行动写入企业制度

gates-unmet-profile = { gates-condition-profile }：现为 { $have }，需达到 { $need }
gates-unmet-self_assessment = { gates-condition-self_assessment }：现为 { $have }，需达到 { $need }
gates-unmet-self_assessment_submitted = { gates-condition-self_assessment_submitted }：尚未
gates-unmet-primary_benchmark = { gates-condition-primary_benchmark }：现为 { $have }，需达到 { $need }
gates-unmet-benchmark_dated = { gates-condition-benchmark_dated }：现为 { $have }，需达到 { $need }
gates-unmet-benchmark_dimensions = { gates-condition-benchmark_dimensions }：现为 { $have }，需达到 { $need }
gates-unmet-benchmark_weight = { gates-condition-benchmark_weight }：现为 { $have }，需达到 { $need }
gates-unmet-verified = { gates-condition-verified }：现为 { $have }，需达到 { $need }
gates-unmet-root_causes = { gates-condition-root_causes }：现为 { $have }，需达到 { $need }
gates-unmet-targets = { gates-condition-targets }：现为 { $have }，需达到 { $need }
gates-unmet-target_dimensions = { gates-condition-target_dimensions }：现为 { $have }，需达到 { $need }
gates-unmet-target_actions = { gates-condition-target_actions }：现为 { $have }，需达到 { $need }
gates-unmet-completion = { gates-condition-completion }：现为 { $have }，需达到 { $need }
gates-unmet-cancelled = { gates-condition-cancelled }：现为 { $have }，不得超过 { $need }
gates-unmet-late = { gates-condition-late }：现为 { $have }，不得超过 { $need }
gates-unmet-done_proved = { gates-condition-done_proved }：现为 { $have }，需达到 { $need }
gates-unmet-reassessed = { gates-condition-reassessed }：尚未
gates-unmet-closure = { gates-condition-closure }：现为 { $have }，需达到 { $need }
gates-unmet-rise = { gates-condition-rise }：现为 { $have }，需达到 { $need }
gates-unmet-dimension_fall = { gates-condition-dimension_fall }：现为 { $have }，不得超过 { $need }
gates-unmet-written_in = { gates-condition-written_in }：现为 { $have }，需达到 { $need }
