"""Exchange: figures as files for other systems, and values of other systems read, checked and handed on."""
