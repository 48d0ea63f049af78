notices-title = 消息
notices-unread = { $n } 条未读
notices-read-all = 全部标为已读
notices-read = 标为已读
notices-new = 未读
notices-open = 查看
notices-none = 还没有消息
notices-none-text = 报名结果、候补转正、课程变动等会在这里告诉您。
