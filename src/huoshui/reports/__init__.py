"""Papers: documents with pages, set with Typst from what the register knows. Nothing is computed or authorised here.

``typeset`` is what callers need: a layout's name and its typed data in, the bytes of a PDF out.
"""
