sheets-kind = 请选择 .xlsx 或 .csv 文件。旧的 .xls 请在 Excel 里另存为 .xlsx
sheets-damaged = 文件打不开，可能已损坏。请在 Excel 里重新另存一次
sheets-empty = 文件里没有内容
sheets-too-long = 一次最多 { $most } 行，请分成几个文件
