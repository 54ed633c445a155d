"""The results of a round on paper and in Excel. What a reader may not see is not in the queries that these stand on."""

from huoshui.reports.round_results.comments import comments_pdf
from huoshui.reports.round_results.result_sheet import result_sheet_pdf
from huoshui.reports.round_results.workbook import results_workbook

__all__ = ["comments_pdf", "result_sheet_pdf", "results_workbook"]
