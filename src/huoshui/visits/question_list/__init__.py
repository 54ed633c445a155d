"""A plain list of questions in Excel as a survey: one question a row, no form language to learn."""
