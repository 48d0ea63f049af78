bench-programme = 对标提升
bench-own-firm = 本企业
bench-view-home = 总览
bench-view-assessment = 自评
bench-view-verification = 核定
bench-view-benchmark = 标杆与差距
bench-view-actions = 改善行动
bench-view-gate = 关口
bench-view-results = 成绩
bench-stage-seek = 寻标
bench-stage-compare = 对标
bench-stage-improve = 改善
bench-stage-uplift = 提升
bench-history-older = 更早的 { $n } 条
bench-by-calendar = 系统按期办理
bench-event = { $what ->
    [nominated] 县区推荐
    [screened] 通过初筛
    [chosen] 入选
    [declined] 未入选
    [withdrawn] 退出
    [substituted] 被替换
    [edited] 修改推荐
    [choice_undone] 撤销选定
    [stepped_in] 接替入选
    [verifier_assigned] 指派核定专家
    [verifier_unassigned] 取消核定专家
    [framework_moved] 轮次改用另一版指标框架
    [score_frozen] 轮次关闭，核定成绩固定
    [document_added] 上传推荐材料
    [document_removed] 移除推荐材料
    [assessment_started] 开始自评
    [assessment_submitted] 提交自评
    [assessment_returned] 自评退回
    [verified] 核定完成
    [verification_reopened] 核定重新打开
    [benchmark_entered] 录入标杆
    [benchmark_changed] 修改标杆
    [benchmark_chosen] 选定标杆
    [benchmark_dropped] 取消标杆
    [cause] 写明根因
    [target] 设定目标
    [target_removed] 取消目标
    [action] 制定行动
    [action_cancelled] 取消行动
    [gate_applied] 申请{ $stage }过关
    [gate_forwarded] { $stage }关口：县区初审通过，报市里
    [gate_returned] { $stage }关口：退回
    [gate_passed] 通过{ $stage }关口
    [gate_conditional] 附条件通过{ $stage }关口
    [gate_met] { $stage }关口的附加条件已满足
    [gate_came_back] 附加条件到期未满足，退回{ $stage }
    [gate_terminated] 终止试点
   *[other] 资料有变动
}
