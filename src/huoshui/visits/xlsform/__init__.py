"""An XLSForm, read with pyxform, as a checklist; what of it a checklist cannot hold is named, row by row."""
