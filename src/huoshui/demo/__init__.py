"""The demo district: real places, invented happenings, made by the same actions as anybody's records."""
