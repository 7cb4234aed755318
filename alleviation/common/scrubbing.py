"""Takes out of a line what could name a person or open a door, and whatever could end the line."""

import re

LEFT_OUT = "[left out]"

# Identity numbers old and new, bank accounts, in one or in groups as they are printed; telephones. Codes of places
# have twelve digits at most, and hashes have letters beside theirs.
NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"\d{14,18}[\dXxＸｘ]"
    r"|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,4})?"
    r"|\d{6}[ -](?:19|20)\d{6}[ -]\d{3}[\dXx]"
    r"|(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
    r")(?![0-9A-Za-z])"
)
# What opens reports to a program (alleviation/accounts/tokens.py), wherever somebody put it.
TOKENS = re.compile(r"alv_[A-Za-z0-9_-]{20,}")
# Fields that hold a person or a secret, whatever stands before or behind in their names.
NAMED = (
    r"name|id_?number|id_?card|bank_?account|account|holder|head|phone|mobile|telephone|e?mail|password|passphrase"
    r"|secret|token|cookie|session_?key|sessionid|authorization|api_?key|(?:secret|trail|personal)_?keys?"
    r"|姓名|户主|户主姓名|身份证号?码?|证件号码?|银行账号|银行卡号|账号|开户名|手机号?码?|联系电话|电话|住址|密码"
)
FIELDS = re.compile(
    rf"""((?<![A-Za-z0-9])["']?\w{{0,40}}?(?:{NAMED})["']?\s*(?:=|:|：)\s*)"""
    r"""("[^"]*"?|'[^']*'?|\([^)]*\)?|[^\s,;&(){}\[\]"']+)""",
    re.IGNORECASE,
)
# What PostgreSQL and SQLite say of a row that they refuse.
ROWS = re.compile(r"(Failing row contains|Key \([^)]*\)=)\s*\(.*", re.DOTALL)
# Ends of lines, what moves a cursor, what turns the direction of writing, what cannot be seen.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def scrubbed(text: str) -> str:
    """The text in one line, without numbers and fields of persons and without secrets."""
    text = ROWS.sub(rf"\1 {LEFT_OUT}", text)
    text = TOKENS.sub(LEFT_OUT, FIELDS.sub(rf"\1{LEFT_OUT}", text))
    return UNSEEN.sub(_spelt_out, NUMBERS.sub(LEFT_OUT, text))


def _spelt_out(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
