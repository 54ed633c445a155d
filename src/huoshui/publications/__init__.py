"""Publications: the numbers of a text or table found, attributed and compared with the register before it is printed."""
