sheets-kind = Choose an .xlsx or .csv file. Save an old .xls as .xlsx in Excel first
sheets-damaged = The file can't be opened; it may be damaged. Save it again in Excel
sheets-empty = The file is empty
sheets-too-long = At most { $most } rows at a time; split the file
