"""Parts of the pages of what comes round."""
