import io
import json

import pytest
from django.core.management import CommandError, call_command

from workflows.models import Policy, TollingWindow

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_rules_loaded():
    TollingWindow.objects.all().delete()
    Policy.objects.all().delete()


@pytest.fixture
def loaded(no_rules_loaded):
    call_command("load_policies", stdout=io.StringIO())


def explained(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("explain_deadline", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("rule", "start", "served", "end"),
    [
        ("rfe", "2026-08-31", "mail", "2026-11-27"),
        ("rfe", "2026-09-02", "mail", "2026-11-30"),
        ("rfe", "2026-09-02", "electronic", "2026-11-25"),
        ("noid", "2026-09-02", "mail", "2026-10-05"),
        ("soi_acknowledgement", "2026-09-03", "", "2026-09-09"),
        ("soi_determination", "2026-09-02", "", "2026-10-02"),
        ("address_change", "2026-09-02", "", "2026-09-14"),
        ("ead_renewal_opens", "2028-08-01", "", "2028-02-03"),
        ("ead_renewal_last_recommended", "2028-08-01", "", "2028-05-03"),
    ],
)
def test_json_holds_the_rule_the_start_the_date_and_the_sentences(loaded, rule, start, served, end):
    out, err = explained(rule, "--from", start, *(["--served", served] if served else []), "--json")
    told = json.loads(out)
    assert list(told) == ["rule", "from", "due", "explanation"]
    assert (told["rule"], told["from"], told["due"]) == (rule, start, end)
    assert len(told["explanation"]) >= 3
    assert all(isinstance(sentence, str) for sentence in told["explanation"])
    assert err == ""


def test_text_is_the_explanation_line_by_line(loaded):
    out, _err = explained("rfe", "--from", "2026-09-02", "--served", "mail")
    assert out.splitlines()[-1] == "Due Mon 30 Nov 2026."


def test_without_loaded_rules_those_of_the_files_are_used_and_that_is_said(no_rules_loaded):
    out, err = explained("rfe", "--from", "2026-08-31", "--served", "mail", "--json")
    assert json.loads(out)["due"] == "2026-11-27"
    assert "rulebook files" in err
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such-rule", "--from", "2026-09-02"], "There is no rule “no-such-rule”"),
        (["stay.max_months", "--from", "2026-09-02"], "There is no rule"),
        (["rfe", "--from", "2 September"], "is not a date"),
        (["rfe", "--from", "2026-02-30"], "is not a date"),
        (["rfe", "--from", "20260902"], "is not a date"),
        (["rfe", "--from", "1899-12-31"], "1900 to 2100"),
        (["rfe", "--from", "2101-01-01"], "1900 to 2100"),
        (["rfe", "--from", "2100-12-01"], "1900 to 2100"),
        (["ead_renewal_opens", "--from", "1900-02-01"], "1900 to 2100"),
        (["rfe", "--from", "2026-09-02", "--served", "pigeon"], "is not a way of service"),
    ],
)
def test_what_cannot_be_computed_gets_a_sentence_and_exit_code_2(loaded, arguments, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        explained(*arguments)
    assert refused.value.returncode == 2


def test_an_agencys_closure_moves_its_dates(loaded):
    own, _err = explained("soi_acknowledgement", "--from", "2025-09-29", "--jurisdiction", "NLRB", "--json")
    federal, _err = explained("soi_acknowledgement", "--from", "2025-09-29", "--json")
    assert json.loads(federal)["due"] == "2025-10-02"
    assert json.loads(own)["due"] == "2025-11-14"


def test_load_policies_counts_what_it_did(no_rules_loaded):
    first, second = io.StringIO(), io.StringIO()
    call_command("load_policies", stdout=first)
    call_command("load_policies", stdout=second)
    assert f"Rules added: {Policy.objects.count()}." in first.getvalue()
    assert "Rules added: 0." in second.getvalue()


def test_load_policies_tells_what_differs(loaded):
    Policy.objects.filter(key="stay.max_months").update(value=6)
    err = io.StringIO()
    call_command("load_policies", stdout=io.StringIO(), stderr=err)
    assert "stay.max_months" in err.getvalue()
