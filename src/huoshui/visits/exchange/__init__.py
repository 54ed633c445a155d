"""A checklist as a workbook, out and in again."""
