"""Every write of the second floor ends here, with its audit event in the same transaction."""

from beneficiaries.actions.incomes import make_way, record_enrolment, record_income
from beneficiaries.actions.lines import set_line
from beneficiaries.actions.numbers import digest_of, reserve, valid_id_number
from beneficiaries.actions.persons import register_person
from beneficiaries.actions.writing import enter, enter_many

__all__ = [
    "digest_of",
    "enter",
    "enter_many",
    "make_way",
    "record_enrolment",
    "record_income",
    "register_person",
    "reserve",
    "set_line",
    "valid_id_number",
]
