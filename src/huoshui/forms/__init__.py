"""One form 一表通: upper-level forms that the register fills, who may ask them, and what they cost the villages."""
