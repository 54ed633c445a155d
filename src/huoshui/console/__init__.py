"""The analyst's console: questions in SQL over fact views, read-only, within the asker's duties, small cells hidden."""
