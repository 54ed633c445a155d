"""The command line, one module per group of commands.

Imported after Django is set up: the help texts come in the language of HUOSHUI_LANGUAGE.
"""

from huoshui.commands.root import huoshui

__all__ = ["huoshui"]
