"""Permissions of the console."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {"console.use": {"zh": "用查询台分析数据", "en": "Analyse records in the console"}}, undelegable=["console.use"]
)
