"""The permission to see personal values."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {"personal.reveal": {"zh": "查看个人信息原文", "en": "See personal values in full"}},
    # Each look is answered for by whoever was trusted with it by name.
    undelegable=("personal.reveal",),
)
