"""The report: columns, headings, notes and summaries of the rounds."""
