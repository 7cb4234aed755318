"""What a password may not be, beyond what Django knows: words of this house, and what is guessed first in China.

Django brings 20,000 passwords that were found in breaches. They are of English speakers: those here are the commonest
of Chinese breaches, and words that stand on our own pages (OWASP ASVS 5.0, 6.1.2 and 6.2.11). Digits and signs around
a word make no other word of it.
"""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.accounts.password_settings import LIKE

HOUSE = """
alleviation poverty povertyalleviation fupin tuopin fupinban tuopingongjian xiangcunzhenxing zhenxing huarun china
resources crpower chinaresources heishui zhawo clerk reviewer manager auditor administrator admin shenji guanliyuan
office records funding income household password mima sichuan aba example
扶贫 脱贫 扶贫办 脱贫攻坚 乡村振兴 华润 华润电力 黑水 四川 管理员 审计 密码
"""
GUESSED = """
woaini woaiwojia woaiwo aini wodemima nihao zhongguo beijing shanghai chengdu qwerty qwertyuiop asdfghjkl zxcvbnm
qazwsx qazwsxedc qweasd qweasdzxc asdasd zxczxc iloveyou letmein welcome sunshine dragon monkey abc abcd abcabc
xiaoming wang zhang zhao chen yang huang liu wangwei zhangwei zhangsan lisi wangwu caonima tianshi laopo baobei baby
我爱你 你好 中国 北京 上海
"""
WORDS = frozenset(f"{HOUSE} {GUESSED}".split())
# Lucky numbers, and those that sound like a sentence: 5201314, "I love you for a lifetime".
NUMBERS = (
    "5201314",
    "1314520",
    "147258369",
    "789456123",
    "11223344",
    "112233",
    "123321",
    "123456",
    "654321",
    "888888",
)
LETTERS = re.compile(r"[^\W\d_]+")
KINDS = (str.islower, str.isupper, str.isdigit)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


class GuessedFirst:
    """Refuses a password of nothing but words of this house, common ones and one's own name, digits aside."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        plain = _plain(password)
        for number in NUMBERS:
            plain = plain.replace(number, "0")
        own = {word for name in LIKE for word in LETTERS.findall(_plain(str(getattr(user, name, ""))))}
        left = "".join(LETTERS.findall(plain))
        for word in sorted(WORDS | own, key=len, reverse=True):
            left = left.replace(word, "")
        if len(set(left)) <= 1:
            raise ValidationError(_("This password is among the first that somebody would guess."), code="guessed")

    def get_help_text(self) -> str:
        return _("Your password can’t be words of this office, or words that are guessed first, with digits around.")


class Mixed:
    """Refuses a password of fewer than three kinds of characters: for offices whose own rules ask for it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        found = [any(map(is_one, password)) for is_one in KINDS]
        found.append(any(not (one.isalnum() or one.isspace()) for one in password))
        if sum(found) < 3:
            raise ValidationError(self.get_help_text(), code="not_mixed")

    def get_help_text(self) -> str:
        return _("Use three of these: small letters, capital letters, digits, signs.")
