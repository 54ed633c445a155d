"""The editor of checklists: the form as it is filled in, its inputs, its definition, its changes in words."""
