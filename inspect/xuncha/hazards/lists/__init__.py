"""The list of hazards: filters, orders, what is done with many, its workbooks and the ledger."""
