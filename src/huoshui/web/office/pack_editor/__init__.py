"""The workbench where a mechanism is written without code: drafts, their definitions part by part, publishing."""
