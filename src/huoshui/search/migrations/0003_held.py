"""How PostgreSQL is asked (``search.engine``): a function, whose statements each connection plans once.

Of a kind the newest are looked at one by one where that is asked for; the index gathers older ones at once or span by
span, from the newest down, until there are enough. The planner would guess which, and walk all of a million where two
common words stand nowhere together.
"""

from typing import Any

from django.db import migrations

HELD = """
CREATE FUNCTION search_words_held(
    low bigint, high bigint, query tsquery, of_kind tsquery, walked integer, by_spans boolean, most integer
) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
-- Without sequential scans every plan looks dear, and a dear one would be compiled (jit) before it runs.
SET enable_seqscan TO off SET jit TO off SET plan_cache_mode TO force_generic_plan
AS $$
DECLARE
    left_over integer := most;
    answered integer;
    few bigint[];
BEGIN
    IF walked > 0 THEN
        RETURN QUERY
            SELECT newest.id FROM (
                SELECT id, words FROM search_words WHERE id >= low AND id < high ORDER BY id DESC LIMIT walked
            ) AS newest WHERE words @@ query ORDER BY newest.id DESC LIMIT most;
        GET DIAGNOSTICS answered = ROW_COUNT;
        left_over := most - answered;
        high := (SELECT id FROM search_words WHERE id >= low AND id < high ORDER BY id DESC OFFSET walked - 1 LIMIT 1);
        IF left_over <= 0 OR high IS NULL THEN
            RETURN;
        END IF;
    END IF;
    IF NOT by_spans THEN
        RETURN QUERY
            SELECT gathered.id FROM (SELECT id FROM search_words WHERE words @@ of_kind OFFSET 0) AS gathered
            WHERE gathered.id >= low AND gathered.id < high ORDER BY gathered.id DESC LIMIT left_over;
        RETURN;
    END IF;
    high := (SELECT max(id) FROM search_words WHERE id >= low AND id < high) + 1;
    low := (SELECT min(id) FROM search_words WHERE id >= low AND id < high);
    IF low IS NULL THEN
        RETURN;
    END IF;
    -- An index that is asked for a span walks through all that is of it. So where the three newest have not enough, all
    -- is gathered as long as that is little: most often these words stand nowhere together.
    FOR span IN REVERSE high >> 32 .. low >> 32 LOOP
        RETURN QUERY
            SELECT gathered.id FROM (
                SELECT id FROM search_words WHERE words @@ (query && format('%L', '^^' || span)::tsquery) OFFSET 0
            ) AS gathered WHERE gathered.id >= low AND gathered.id < high ORDER BY gathered.id DESC LIMIT left_over;
        GET DIAGNOSTICS answered = ROW_COUNT;
        left_over := left_over - answered;
        EXIT WHEN left_over <= 0;
        IF span = (high >> 32) - 2 THEN
            few := ARRAY(SELECT id FROM search_words WHERE words @@ of_kind LIMIT 8000);
            IF cardinality(few) < 8000 THEN
                RETURN QUERY
                    SELECT one FROM unnest(few) AS one
                    WHERE one >= low AND one < least(high, span::bigint << 32) ORDER BY one DESC LIMIT left_over;
                RETURN;
            END IF;
        END IF;
    END LOOP;
END $$
"""
SIGNATURE = "search_words_held(bigint, bigint, tsquery, tsquery, integer, boolean, integer)"


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(HELD, params=None)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION {SIGNATURE}")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_words")]
    operations = [migrations.RunPython(make, drop)]
