"""Finding: one index over the records of all apps, asked by whoever looks for something.

Each app above registers what can be found of its records (``registry``); triggers note what changed, the background
indexes it within a second (``keeping``); ``finding`` asks the index and shows what ``visible_to`` lets the reader see.
"""
