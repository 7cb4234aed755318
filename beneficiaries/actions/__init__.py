"""Every write of the second floor ends here, with its audit event in the same transaction."""

from beneficiaries.actions.households import (
    end_household,
    merge_household,
    move_household,
    register_household,
    split_household,
)
from beneficiaries.actions.incomes import make_way, record_enrolment, record_income
from beneficiaries.actions.lines import set_line
from beneficiaries.actions.numbers import digest_of, reserve, valid_id_number
from beneficiaries.actions.persons import leave_household, register_person, transfer_person
from beneficiaries.actions.statuses import (
    assign_responsible,
    change_status,
    clear_monitoring,
    record_care,
    start_monitoring,
)
from beneficiaries.actions.writing import enter, enter_many

__all__ = [
    "assign_responsible",
    "change_status",
    "clear_monitoring",
    "digest_of",
    "end_household",
    "enter",
    "enter_many",
    "leave_household",
    "make_way",
    "merge_household",
    "move_household",
    "record_care",
    "record_enrolment",
    "record_income",
    "register_household",
    "register_person",
    "reserve",
    "set_line",
    "split_household",
    "start_monitoring",
    "transfer_person",
    "valid_id_number",
]
