"""Permissions of publications."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "publication.check": {"zh": "核对公开材料的数字", "en": "Check publications"},
        "publication.explain": {"zh": "说明公开材料的数字差异", "en": "Explain differences in publications"},
    },
    # An explanation lets a number be printed that the register does not have: it rests on the person.
    undelegable=["publication.explain"],
)
