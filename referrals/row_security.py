"""Brings a database to ``row_policies``: its roles, their rights, the policy of each table.

Policies are lifted before a migration and installed after it, for PostgreSQL lets nobody change a column that
a policy names. A table without its policy shows pages nothing.
"""

from __future__ import annotations

from hashlib import sha256

import pgtrigger
from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from recordsets.asking import COMMANDS, DOOR, PAGES, ROLES

from .row_policies import FUNCTIONS, OPEN, WRITTEN_BY_PAGES, conditions

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def install(connection: BaseDatabaseWrapper) -> None:
    """Bring roles, rights and policies of a database to what stands here; changes only what differs.

    Does nothing while tables are missing, as they are between two migrations: what has no policy yet shows
    pages nothing. Needs the role that owns the tables. Raises ``ProgrammingError`` where a role is missing
    and this one may not make it; the README has the statement for whoever may.
    """
    with connection.cursor() as cursor:
        if not {*conditions(), *OPEN}.issubset(connection.introspection.table_names(cursor)):
            return
    rights = [_ROLE.format(role=role) for role in ROLES]
    rights += [FUNCTIONS]
    rights += [f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}"]
    rights += [f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {', '.join(ROLES)}"]
    rights += [f"GRANT {EVERYTHING} ON ALL TABLES IN SCHEMA public TO {DOOR}, {COMMANDS}"]
    rights += [
        f"REVOKE {', '.join(refused)} ON {table} FROM {DOOR}, {COMMANDS}"
        for table, refused in fixed().items()
    ]
    rights += [f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {PAGES}"]
    rights += [f"GRANT {EVERYTHING} ON {', '.join(sorted(WRITTEN_BY_PAGES))} TO {PAGES}"]
    differ = missing(connection)
    policies = [
        _POLICY.format(table=table, condition=condition, mark=_mark(condition))
        for table, condition in conditions().items()
        if table in differ
    ]
    with connection.cursor() as cursor:
        cursor.execute(";\n".join([*rights, *policies]))  # one script is one transaction


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the policies away, so that tables can be changed; pages then see no row until ``install``."""
    with connection.cursor() as cursor:
        cursor.execute(_LIFT)


def fixed() -> dict[str, list[str]]:
    """What a trigger of a table refuses everybody; nobody but the owner has the right to it either."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            if type(trigger) is pgtrigger.Protect and trigger.condition is None:
                refused = sorted({"UPDATE", "DELETE"} & set(str(trigger.operation).split(" OR ")))
                if refused:
                    found[model._meta.db_table] = refused
    return found


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables whose policy is not the one that stands here, or is not applied."""
    with connection.cursor() as cursor:
        cursor.execute(_INSTALLED)
        installed = dict(cursor.fetchall())
    return sorted(table for table, each in conditions().items() if installed.get(table) != _mark(each))


def _mark(condition: str) -> str:
    return sha256(condition.encode()).hexdigest()


_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
        GRANT {role} TO CURRENT_USER;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_INSTALLED = """
SELECT relname, obj_description(pg_policy.oid, 'pg_policy')
FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
WHERE polname = 'pages' AND relrowsecurity AND relnamespace = 'public'::regnamespace
"""
_POLICY = f"""
ALTER TABLE {{table}} ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS pages ON {{table}};
DROP POLICY IF EXISTS work ON {{table}};
CREATE POLICY pages ON {{table}} TO {PAGES} USING ({{condition}}) WITH CHECK ({{condition}});
CREATE POLICY work ON {{table}} TO {DOOR}, {COMMANDS} USING (true) WITH CHECK (true);
COMMENT ON POLICY pages ON {{table}} IS '{{mark}}'
"""
_LIFT = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT polname, polrelid::regclass AS of FROM pg_policy WHERE polname IN ('pages', 'work')
    LOOP EXECUTE format('DROP POLICY %I ON %s', found.polname, found.of); END LOOP;
END $$;
DROP FUNCTION IF EXISTS casework_goes_on_at_uscis(bigint);
DROP FUNCTION IF EXISTS casework_supports(bigint, bigint)
"""
