"""Lists as files: reading every kind of spreadsheet, writing workbooks, and importing lists column by column."""
