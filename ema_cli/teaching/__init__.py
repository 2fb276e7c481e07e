"""Teaching tables: the working, worksheets and their keys, charts."""
