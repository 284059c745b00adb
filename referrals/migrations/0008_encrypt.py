"""Encrypts what was stored in clear, a thousand workers at a time; backwards it decrypts as long as keys exist.

Written in SQL, because the models of today read nothing that is in clear. What was destroyed stays empty.
"""

import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pgtrigger
from django.db import migrations

from referrals.keys import cipher
from referrals.keys.keepers import OwnKeeper, Wrapped, keeper

MANY = 1000
# Table, model, key column, the column that names the row, the way to the worker, encrypted columns
OF_WORKERS = [
    (
        "referrals_person",
        "person",
        "id",
        "token",
        "t.id",
        (
            "given_names",
            "family_names",
            "other_names",
            "born_on",
            "birth_city",
            "birth_country",
            "nationality",
            "a_number",
            "mailing_address",
            "safe_address",
            "phone",
            "safe_contact",
        ),
    ),
    (
        "referrals_workerrequest",
        "workerrequest",
        "case_ptr_id",
        "case_ptr_id",
        "t.person_id",
        ("receipt_number", "noid_answer"),
    ),
    ("referrals_stay", "stay", "case_ptr_id", "case_ptr_id", "t.person_id", ("detained_at", "reasons")),
    ("referrals_askeditem", "askeditem", "id", "place", "r.person_id", ("text", "answer")),
    ("referrals_screening", "screening", "id", "request_id", "r.person_id", ("arrests", "entries", "notes")),
    ("referrals_decision", "decision", "id", "place", "c.person_id", ("favorable", "adverse", "rationale")),
    ("referrals_evidence", "evidence", "id", "place", "r.person_id", ("note",)),
    ("referrals_grant", "grant", "case_ptr_id", "case_ptr_id", "w.person_id", ("termination_reason",)),
    ("referrals_workpermit", "workpermit", "case_ptr_id", "case_ptr_id", "w.person_id", ("necessity",)),
]
JOINS = {
    "t": "",
    "r": "JOIN referrals_workerrequest r ON r.case_ptr_id = t.request_id",
    "c": "JOIN referrals_workerrequest c ON c.case_ptr_id = t.case_id",
    "w": "JOIN referrals_workerrequest w ON w.case_ptr_id = t.worker_request_id",
}
# Which worker or agency a document is about, by the table of its case
DOCUMENTS = [
    ("referrals_workerrequest x", "x.person_id"),
    ("referrals_stay x", "x.person_id"),
    (
        "referrals_grant x JOIN referrals_workerrequest w ON w.case_ptr_id = x.worker_request_id",
        "w.person_id",
    ),
    (
        "referrals_workpermit x JOIN referrals_workerrequest w ON w.case_ptr_id = x.worker_request_id",
        "w.person_id",
    ),
    ("referrals_stayreferral x JOIN referrals_stay s ON s.case_ptr_id = x.stay_id", "s.person_id"),
    (
        "referrals_renewal x JOIN referrals_grant g ON g.case_ptr_id = x.grant_id "
        "JOIN referrals_workerrequest w ON w.case_ptr_id = g.worker_request_id",
        "w.person_id",
    ),
]
AGENCIES = ["referrals_soirequest", "referrals_statement"]


def batches(cursor, table):
    last = 0
    while True:
        cursor.execute(f"SELECT id FROM {table} WHERE id > %s ORDER BY id LIMIT {MANY}", [last])
        found = [pk for (pk,) in cursor.fetchall()]
        if not found:
            return
        last = found[-1]
        yield found


def new_keys(cursor, wraps, of, number):
    """So many new data keys, stored wrapped; all at once."""
    made = {uuid4(): cipher.new_key() for _ in range(number)}
    wrapped = wraps.wrap(made)
    cursor.executemany(
        "INSERT INTO referrals_datakey (id, of, wrapped_by, wrapped) VALUES (%s, %s, %s, %s)",
        [(pk, of, each.by, each.content) for pk, each in wrapped.items()],
    )
    return list(made.items())


def stored_keys(cursor, ids):
    cursor.execute(
        "SELECT id, wrapped_by, wrapped FROM referrals_datakey WHERE id = ANY(%s) AND destroyed_at IS NULL",
        [ids],
    )
    return keeper().unwrap({pk: Wrapped(by, bytes(content)) for pk, by, content in cursor.fetchall()})


def place(model, column, row):
    return cipher.Place(f"referrals.{model}", column, str(row))


def change_texts(cursor, spec, people, change):
    """``change`` each text of the rows of these workers; ``people`` are their keys by primary key."""
    table, model, pk, row, person, names = spec
    cursor.execute(
        f"SELECT t.{pk}, t.{row}, {person}, {', '.join(f't.{name}' for name in names)} FROM {table} t "
        f"{JOINS[person[0]]} WHERE {person} = ANY(%s)",
        [list(people)],
    )
    changed = []
    for key, named, whose, *texts in cursor.fetchall():
        new = [
            change(each, people[whose], place(model, name, named))
            for name, each in zip(names, texts, strict=True)
        ]
        if new != texts:
            changed.append([*new, key])
    if changed:
        cursor.executemany(
            f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in names)} WHERE {pk} = %s", changed
        )


def sealed(text, key, where):
    if not text:
        return text
    return cipher.seal_text(text, key_id=key[0], key=key[1], place=where)


def opened(text, key, where):
    if not text:
        return text
    return cipher.open_text(text, key=key[1], place=where) if key else ""


def change_files(cursor, source, owner, owners, change):
    cursor.execute(
        f"SELECT d.id, d.place, {owner} FROM referrals_document d JOIN {source} ON x.case_ptr_id = d.case_id "
        f"WHERE {owner} = ANY(%s) ORDER BY d.id",
        [list(owners)],
    )
    for pk, named, whose in cursor.fetchall():  # one at a time: a scan may have ten megabytes
        cursor.execute("SELECT content FROM referrals_document WHERE id = %s", [pk])
        content, key = bytes(cursor.fetchone()[0]), owners[whose]
        cursor.execute(
            "UPDATE referrals_document SET content = %s, key_id = %s WHERE id = %s",
            change(content, key, place("document", "content", named)) + (pk,),
        )


def sealed_file(content, key, where):
    return cipher.seal_file(content, key_id=key[0], key=key[1], place=where), key[0]


def opened_file(content, key, where):
    return (cipher.open_file(content, key=key[1], place=where) if key else b""), None


@contextmanager
def past_triggers(connection):
    """A cursor that may change what is fixed otherwise; ``pgtrigger.ignore`` alone takes no ``executemany``."""
    with connection.cursor() as cursor:
        with pgtrigger.ignore():
            cursor.execute("SELECT current_setting('pgtrigger.ignore')")
            (ignored,) = cursor.fetchone()
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [ignored])
        yield cursor
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def encrypt(apps, schema_editor):
    wraps = keeper()
    if isinstance(wraps, OwnKeeper):
        wraps = replace(wraps, durable=False)  # all files are brought to the disk together, below
    with past_triggers(schema_editor.connection) as cursor:
        for found in batches(cursor, "referrals_organization"):
            own, look = (new_keys(cursor, wraps, of, len(found)) for of in ("ORGANIZATION", "LOOK_UPS"))
            cursor.executemany(
                "UPDATE referrals_organization SET key_id = %s, look_up_key_id = %s WHERE id = %s",
                [(one[0], other[0], pk) for one, other, pk in zip(own, look, found, strict=True)],
            )
            agencies = dict(zip(found, own, strict=True))
            for table in AGENCIES:
                change_files(cursor, f"{table} x", "x.agency_id", agencies, sealed_file)
        for found in batches(cursor, "referrals_person"):
            people = dict(zip(found, new_keys(cursor, wraps, "PERSON", len(found)), strict=True))
            cursor.executemany(
                "UPDATE referrals_person SET key_id = %s WHERE id = %s",
                [(key[0], pk) for pk, key in people.items()],
            )
            write_look_ups(cursor, found)
            for spec in OF_WORKERS:
                change_texts(cursor, spec, people, sealed)
            for source, owner in DOCUMENTS:
                change_files(cursor, source, owner, people, sealed_file)
    os.sync()


def write_look_ups(cursor, people):
    """What finds workers, while they can still be read."""
    from referrals.lookups import Digests

    cursor.execute(
        "SELECT DISTINCT n.organization_id, p.id, p.given_names, p.family_names, p.other_names, p.born_on, p.a_number,"
        " ARRAY(SELECT receipt_number FROM referrals_workerrequest WHERE person_id = p.id)"
        " FROM referrals_person p JOIN referrals_representation n ON n.person_id = p.id WHERE p.id = ANY(%s)",
        [people],
    )
    rows, made = cursor.fetchall(), {}
    for organization in {row[0] for row in rows}:
        made[organization] = Digests(organization)
    names = ("given_names", "family_names", "other_names", "born_on", "a_number")
    values = []
    for organization, pk, *told, receipts in rows:
        person = SimpleNamespace(**dict(zip(names, told, strict=True)))
        person.born_on = date.fromisoformat(person.born_on) if person.born_on else None
        values.append((organization, pk, made[organization].of_person(person, receipts)))
    cursor.executemany(
        "INSERT INTO referrals_lookup (organization_id, person_id, digests) VALUES (%s, %s, %s)", values
    )


def decrypt(apps, schema_editor):
    with past_triggers(schema_editor.connection) as cursor:
        for table, column in (("referrals_organization", "x.agency_id"), ("referrals_person", "")):
            for found in batches(cursor, table):
                cursor.execute(f"SELECT id, key_id FROM {table} WHERE id = ANY(%s)", [found])
                rows = cursor.fetchall()
                keys = stored_keys(cursor, [key for _pk, key in rows])
                owners = {pk: (key, keys[key]) if key in keys else None for pk, key in rows}
                if column:
                    for each in AGENCIES:
                        change_files(cursor, f"{each} x", column, owners, opened_file)
                    continue
                for spec in OF_WORKERS:
                    change_texts(cursor, spec, owners, opened)
                for source, owner in DOCUMENTS:
                    change_files(cursor, source, owner, owners, opened_file)
        cursor.execute("UPDATE referrals_organization SET key_id = NULL, look_up_key_id = NULL")
        cursor.execute("UPDATE referrals_person SET key_id = NULL")
        cursor.execute("DELETE FROM referrals_keydestruction")
        cursor.execute("DELETE FROM referrals_lookup")
        cursor.execute("DELETE FROM referrals_datakey")


class Migration(migrations.Migration):
    dependencies = [("referrals", "0007_keys")]

    operations = [migrations.RunPython(encrypt, decrypt)]
