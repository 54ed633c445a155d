"""The analyst's console: questions in SQL over the fact views, read-only, within the asker's duties, small cells hidden."""
