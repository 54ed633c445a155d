"""The engine's own index of words (``search.engine``)."""

from typing import Any

from django.db import migrations

FTS5 = """
CREATE VIRTUAL TABLE search_words USING fts5(
    words, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '~=@'"
)
"""
VECTORS = (
    "CREATE TABLE search_words (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX search_words_gin ON search_words USING gin (words) WITH (fastupdate = off)",
    # How often a word is there decides which way is walked: more of them are looked at than usual.
    "ALTER TABLE search_words ALTER COLUMN words SET STATISTICS 1000",
)


def make(apps: Any, schema_editor: Any) -> None:
    for sql in [FTS5] if schema_editor.connection.vendor == "sqlite" else VECTORS:
        schema_editor.execute(sql)


def drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE search_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
