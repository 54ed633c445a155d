"""Times of day as minutes after midnight."""


def clock_time(minutes: int) -> str:
    """Minutes after midnight as "09:05"; a day that was made too long by hand goes on past 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
