"""A mail may be read by an employer, on a shared phone or under a subpoena: it holds no fact."""

import re
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest
from django.core import mail
from django.template import Context, engines
from django.template.base import VariableNode
from django.utils import translation

import notifications
from notifications import relay
from notifications.channels import email
from notifications.models import KeptMail, Message

pytestmark = pytest.mark.django_db

FOLDER = Path(notifications.__file__).parent / "templates" / "notifications" / "mail"
TEMPLATES = sorted(FOLDER.glob("*"))
EVENTS = [
    "soi_request_received", "acknowledgement_late", "information_needed", "monitor_outcome",
    "determination_due", "declined", "statement_moved", "statement_amended", "review_date",
    "matter_closed", "scope_question", "packet_incomplete", "receipt_filed", "rejected_at_intake",
    "forwarded_to_ice", "biometrics_set", "rfe_issued", "ageing", "grant_made", "denied",
    "permit_mailed", "grant_expires", "programme_changed", "termination_notice", "detained",
    "overlap_found", "contact_stale", "new_device", "consent_withdrawn", "mail_failed",
]  # fmt: skip
POISON = {
    "about": "POISON-ABOUT-SOI-77",
    "link": "/poison-link/A123456789",
    "subject": "Poison Subject Maria Lopez",
    "body": "Poison body Acme Poultry LLC A123-456-789",
    "context": {"employer": "Poison Acme", "alien_number": "A987654321"},
}
RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|/off/[0-9a-f]{32}-[0-9a-f]{64}/")
BETRAYING = re.compile(
    r"poison|lopez|acme|A\d{6,}|immigra|inmigra|migra|\bdhs\b|\bice\b|uscis|statement", re.I
)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("urgent", [True, False])
@pytest.mark.parametrize("event", EVENTS)
def test_no_fact_of_a_message_enters_its_mail(smtp, tell, person, monday, event, urgent, language):
    names = {"first_name": "Poison", "last_name": "Lopez", "name": "Poison Lopez"}
    model_fields = {field.name for field in type(person())._meta.get_fields()}
    reader = person(language=language, **{k: v for k, v in names.items() if k in model_fields})
    tell(reader, event=f"poison_{event}", key=f"poison-{event}", urgent=urgent, **POISON)
    assert relay.deliver_pending(at=monday, worker="test").sent == 1
    ((to, text),) = smtp.mails
    letter = message_from_string(text, policy=default)
    seen = "\n".join([*map(str, letter.values()), letter.get_content()]).replace(to, "")
    seen = RANDOM.sub("", seen)  # random, so it may look like any number
    assert not BETRAYING.search(seen), seen


def test_the_poison_would_be_found(monday):
    for value in [*map(str, POISON.values())]:
        assert BETRAYING.search(value), value


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_the_only_thing_a_mail_template_shows_is_the_link(template):
    nodes = engines["django"].from_string(template.read_text()).template.nodelist
    shown = {str(node.filter_expression) for node in nodes.get_nodes_by_type(VariableNode)}
    assert shown == {"inbox_link"}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("source", TEMPLATES, ids=lambda path: path.name)
def test_a_poisoned_context_does_not_show_in_a_mail_template(source, language):
    class Poisoned(Context):
        def __getitem__(self, name):
            return "" if name == "inbox_link" else "POISON"

    template = engines["django"].from_string(source.read_text()).template
    poisoned = engines["django"].from_string("{{ anything }}").template
    with translation.override(language):
        text = template.render(Poisoned())
        assert poisoned.render(Poisoned()) == "POISON"
    assert not BETRAYING.search(text)


def test_every_template_in_the_folder_is_one_of_the_three_in_use():
    assert [path.name for path in TEMPLATES] == ["news.txt", "summary.txt", "urgent.txt"]


@pytest.mark.parametrize(
    ("language", "urgent", "subject"),
    [
        ("en", False, "There is news in your case"),
        ("es", False, "Hay novedades en su caso"),
        ("en", True, "Urgent: please open your inbox today"),
        ("es", True, "Urgente: abra hoy su bandeja de entrada"),
    ],
)
def test_the_subject_is_in_the_language_of_the_reader(tell, person, monday, language, urgent, subject):
    tell(person(language=language), urgent=urgent)
    relay.deliver_pending(at=monday, worker="test")
    assert [m.subject for m in mail.outbox] == [subject]


@pytest.mark.parametrize("urgent", [True, False])
def test_every_sentence_of_a_mail_is_translated(urgent):
    english = set(email.wording(urgent=urgent, language="en")[1].split("\n"))
    spanish = set(email.wording(urgent=urgent, language="es")[1].split("\n"))
    assert english & spanish == {"", email.PLACE_OF_THE_LINK}


def test_a_mail_has_one_link_which_names_nothing(tell, person, monday):
    (row,) = tell(person(), channels=["email"])
    relay.deliver_pending(at=monday, worker="test")
    links = re.findall(r"https?://\S+", mail.outbox[0].body)
    assert links == [f"https://casework.example.gov/inbox/{row.public_id}/"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_long_link_and_accents_survive_the_mail_server(smtp, tell, person, monday, settings, language):
    settings.SITE_URL = f"https://{'very-' * 10}long.casework.example.gov/office=9"
    (row,) = tell(person(language=language), channels=["email"])
    relay.deliver_pending(at=monday, worker="test")
    wire = smtp.mails[0][1]
    assert max(map(len, wire.split("\r\n\r\n", 1)[1].splitlines())) <= 76
    letter = message_from_string(wire, policy=default)
    subject, text = email.wording(urgent=False, language=language)
    link = f"{settings.SITE_URL}/inbox/{row.public_id}/"
    assert letter.get_content().splitlines() == text.replace(email.PLACE_OF_THE_LINK, link).splitlines()
    assert letter["Subject"] == subject


def test_a_mail_says_that_a_machine_wrote_it(smtp, tell, person, monday):
    (row,) = tell(person(language="es"), channels=["email"])
    relay.deliver_pending(at=monday, worker="test")
    letter = message_from_string(smtp.mails[0][1], policy=default)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "es"
    assert letter["Message-ID"] == f"<{row.public_id}@casework.example.gov>" == row.message_id
    assert letter["Date"].datetime == monday


def test_a_demonstration_keeps_its_mail_and_sends_none(smtp, tell, person, monday, settings):
    settings.NOTIFICATIONS_EMAIL, settings.DEMO = "", True
    reader = person()
    (row,) = tell(reader, channels=["email"])
    assert relay.deliver_pending(at=monday, worker="test").sent == 1
    (kept,) = KeptMail.objects.visible()
    assert (kept.to, kept.subject, kept.at) == (reader.email, "There is news in your case", monday)
    assert str(row.public_id) in kept.body
    assert smtp.mails == []


def test_kept_mail_is_visible_nowhere_but_in_a_demonstration(tell, person, monday, settings):
    settings.NOTIFICATIONS_EMAIL, settings.DEMO = "keep", False
    tell(person(), channels=["email"])
    relay.deliver_pending(at=monday, worker="test")
    assert KeptMail.objects.count() == 1
    assert not KeptMail.objects.visible().exists()


def test_a_mail_that_is_handed_over_twice_is_kept_once(tell, person, monday, settings):
    settings.NOTIFICATIONS_EMAIL = "keep"
    tell(person(), channels=["email"])
    relay.deliver_pending(at=monday, worker="test")
    Message.objects.update(state="PENDING", sent_at=None, next_try_at=monday)
    assert relay.deliver_pending(at=monday, worker="test").sent == 1
    assert KeptMail.objects.count() == 1
