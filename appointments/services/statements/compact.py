def compact(statement):
    """Shorten a statement; psycopg remembers how it read one of up to 4096 characters."""
    return " ".join(statement.split())
