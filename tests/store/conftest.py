from support_databases import database, file, postgresql, server, sqlite  # noqa: F401
