"""The pages of money: the card of a matter and its forms, sums and lines, funds."""
