"""Every write of the second floor ends here, with its audit event in the same transaction."""

from beneficiaries.actions.care import assign_responsible, record_care
from beneficiaries.actions.checking import return_income, verify_incomes
from beneficiaries.actions.erasing import erase_person
from beneficiaries.actions.households import (
    end_household,
    merge_household,
    move_household,
    register_household,
    split_household,
)
from beneficiaries.actions.incomes import make_way, record_enrolment, record_income
from beneficiaries.actions.lines import set_line
from beneficiaries.actions.numbers import (
    find,
    legacy_digest_of,
    numbers_of,
    release,
    release_all,
    reserve,
    valid_account_number,
    valid_id_number,
)
from beneficiaries.actions.persons import leave_household, register_person, transfer_person
from beneficiaries.actions.revealing import Revealed, find_household, reveal
from beneficiaries.actions.statuses import change_status, clear_monitoring, start_monitoring
from beneficiaries.actions.writing import enter, enter_many

__all__ = [
    "Revealed",
    "assign_responsible",
    "change_status",
    "clear_monitoring",
    "end_household",
    "enter",
    "enter_many",
    "erase_person",
    "find",
    "find_household",
    "leave_household",
    "legacy_digest_of",
    "make_way",
    "merge_household",
    "move_household",
    "numbers_of",
    "record_care",
    "record_enrolment",
    "record_income",
    "register_household",
    "register_person",
    "release",
    "release_all",
    "reserve",
    "return_income",
    "reveal",
    "set_line",
    "split_household",
    "start_monitoring",
    "transfer_person",
    "valid_account_number",
    "valid_id_number",
    "verify_incomes",
]
