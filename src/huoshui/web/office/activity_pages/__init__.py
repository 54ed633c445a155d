"""The parts of the activities' pages."""
