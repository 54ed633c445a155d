"""Publications: the numbers of a text found, attributed and compared with the register before it is printed."""
