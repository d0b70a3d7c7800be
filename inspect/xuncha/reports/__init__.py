"""Papers: PDF records, notices, ledgers and summaries, printed from the frozen record or from the figures."""
