demo-not-empty = 数据库里已有数据，演示数据只能装入空数据库。请换一个空的数据目录（HELUO_DATA_DIR）再试。
demo-notice-welcome = 欢迎使用河洛演示环境。人员、企业和班次均为虚构，可以放心试用。
