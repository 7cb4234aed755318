"""Numbers of nobody, for the tests about numbers of persons."""

from stdnum import luhn
from stdnum.cn import ric

from beneficiaries.models import Household, Person


def id_number(serial: int, born: str = "19610101") -> str:
    """A number of Heishui County with a right check digit; an odd serial is a man's."""
    first = f"513228{born}{serial:03}"
    return first + ric.calc_check_digit(first + "0")


def card_number(serial: int, length: int = 19) -> str:
    """A bank card with a right check digit."""
    first = f"622848{serial:0{length - 7}}"
    return first + luhn.calc_check_digit(first)


def a_person(household: Household, **facts) -> Person:
    return Person(**{"household": household, "name": "测试", "relation": "head", **facts})
