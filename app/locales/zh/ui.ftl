# 通用界面文字：各页面共用的按钮、提示和页眉页脚

ui-brand = 河洛
ui-service = 民营企业家学校
ui-service-full = 河洛 · 洛阳市民营企业家学校与对标服务平台
ui-footer = 各页面不用脚本也能办理。数字均由数据实时统计。
ui-skip = 跳到正文
ui-places = 主要栏目
ui-crumbs = 所在位置
ui-views = 视图
ui-pages = 翻页
ui-demo = 演示环境
ui-demo-text = 人员和企业均为虚构，登录密码是公开的。
ui-noscript = 本页不会自动刷新。要看最新情况，请重新打开。

ui-problem = 有内容需要修改
ui-error = 错误：
ui-optional = （选填）
ui-next = 下一页
ui-previous = 上一页
ui-search = 搜索
ui-back = 返回
ui-print-how = 用浏览器的“打印”打印本页（Ctrl+P），纸张选 A4。

ui-me = 我的主页
ui-inbox = 消息
ui-inbox-unread = 消息（{ $n } 条未读）
ui-unread = { $n } 条未读消息
ui-profile = 我的资料
ui-security = 密码与设备
ui-sign-in = 登录
ui-sign-out = 退出登录
ui-theme = 外观
ui-theme-light = 浅色
ui-theme-dark = 深色
ui-theme-system = 跟随系统

ui-today = 今天
ui-tomorrow = 明天
ui-yesterday = 昨天
ui-in-days = { $n } 天后
ui-days-ago = { $n } 天前
ui-at-most = 最多 { $n } 字。
