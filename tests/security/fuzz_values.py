"""What no honest person types, by the kind of field that it is typed into; all of it as bytes or text on the wire."""

import random

HUGE = "1" + "0" * 22
MEGABYTE = 1_000_000
# Bytes that are no UTF-8: a surrogate, one that is overlong, and a byte that never begins a character.
BROKEN = (b"\xed\xa0\x80", b"\xc0\xaf", b"\xff\xfe", b"\xf4\x90\x80\x80", b"\x80")
NUMBERS = (
    "", "0", "-1", "1", "2", "99999", "2147483648", "9223372036854775807", "9223372036854775808",
    "-9223372036854775809", HUGE, f"-{HUGE}", "9" * 400, "9" * 5000, "1e9", "1e400", "-1e400", "NaN", "Infinity",
    "sNaN",
    "٣", "１２", "²", "1_000", "0x10", "1.5", "1,5", "1,000.00", "12.345", "0.001", "- 1", "+1", " 1 ", "1\x00",
    "None",
    "0.1e-7", "999999999999.99", "99999999999999999999.99", "=1+1", "1/0", "一万",
)  # fmt: skip
YEARS = ("0", "-1", "1", "1799", "1800", "1949", "2019", "2023", "9999", "10000", "99999", *NUMBERS)
DAYS = (
    "", "0000-00-00", "0001-01-01", "1800-01-01", "1949-10-01", "2019-02-29", "2019-06-31", "2019-13-01", "2020-02-29",
    "9999-12-31", "10000-01-01", "-2019-01-01", "2019年1月3日", "3/1/2019", "31.12.2019", "2019-01-01T00:00",
    "2019-1-1", "٢٠١٩-٠١-٠١", "now", "２０１９-01-01", "2019-01-01\x00", HUGE, "1.5", "2019-W01-1", "20190101",
)  # fmt: skip
TEXTS = (
    "", " ", "\t\n", "\x00", "a\x00b", "x" * 500, "x" * 70_000, "张" * 3000, "\r\nSet-Cookie: a=b", "\u202eabc",
    "\ufeff",
    "\u2028\u2029", "\ud7ff", "\U0010ffff", "\ufffe\uffff", "\x1b[31m", "\x7f\x80\x9f", "e" + "\u0301" * 300,
    "👨‍👩‍👧‍👦" * 40,
    "<script>x</script>", "'\"><b>", "{{ 7 }}{% now %}", "%s%d%(x)s%%%", "{0}{x.__class__}", "$x ${y} `z`", "\\",
    "\\u0000",
    "../../etc/passwd", "C:\\con", "=1+1", "@x", "' OR 1=1 --", "(", "[", "*", "a" * 40 + "!", "(a+)+$", "\u3000",
    "İ", "ß",
    "null", "undefined", "true", "[]", "{}", "513228212205", "451102100200", "CROSSING",
)  # fmt: skip
KEYS = (
    "", "0", "-1", "1", "2", "3", "5", "9", HUGE, "9" * 5000, "٣", "x", "\x00", "1\x00", "None", "null", "true",
    "1,2", "[1]",
    "1.0", "1 OR 1=1", "9223372036854775808", "..", ".", "_00", "__", "1:0", "1:1", ":", "1:", ":1", f"1:{HUGE}",
    "a:b", "1:0:0", "00000000-0000-0000-0000-000000000000", "513228212205", "451102100200", "OWN-P", "FOREIGN-P",
)  # fmt: skip
CHOICES = ("", "x", "\x00", "None", "0", "-1", HUGE, "true", "ROAD", "road ", "٣", "x" * 5000, "draft", "posted")
TOTALS = ("", "-1", "0", "1", "2", "3", "199", "200", "201", "1001", "2000", HUGE, "x", "\x00", "1.5", "٣", "None")
ADDRESSES = (
    "",
    "//evil.example",
    "http://[",
    "http://[::1",
    "javascript:alert(1)",
    "/\\evil",
    "\x00",
    "/" * 3000,
    "?x",
)
SENT_FILES = (
    ("a.csv", b""), ("a.csv", b"\x00"), ("a.csv", b"x" * 300_000), ("a.csv", b"a,b\r\n" * 9000), ("", b"A text."),
    ("../../../etc/passwd", b"A text."), ("a\x00.txt", b"A text."), ("x" * 5000 + ".csv", b"a,b\n1,2\n"), (".", b"x"),
    ("..", b"x"), ("a.xlsx", b"PK\x03\x04" + b"\x00" * 50), ("a.xlsx", b"PK\x05\x06" + b"\x00" * 18),
    ("a.pdf", b"%PDF-1.7"),
    ("a.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"),
    ("a.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 40), ("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 40),
    ("a.gif", b"GIF89a\xff\xff"),
    ("a.txt", "文".encode("gb18030")), ("a.txt", "A".encode("utf-16")), ("a.svg", b"<svg onload='x'/>"),
    ("a.html", b"<script>x</script>"), ("a.csv\r\nX: y", b"a"), ("\ud7ff.csv", b"\xff\xfea\x00"),
    ("con", b"x" * 70_000),
)  # fmt: skip
# Names that pages of this house read from an address, beside those of its filters; and those that the admin knows.
NAMES = (
    *(
        "csv",
        "svg",
        "whole",
        "page",
        "all",
        "e",
        "o",
        "p",
        "q",
        "next",
        "unsaved",
        "check",
        "language",
        "rows",
        "member",
    ),
    *("copy", "income", "enrolment", "area", "at", "inside", "above", "tied", "of", "first", "last", "outside_plans"),
    *(
        "_popup",
        "_to_field",
        "_facets",
        "_changelist_filters",
        "_save",
        "app_label",
        "model_name",
        "field_name",
        "term",
    ),
    *("state", "state__exact", "id__in", "pk", "id", "version", "project_id", "source_code", "text", "undertaken"),
)
LOOKUPS = (
    "name__regex=(", "name__iregex=[", "code__regex=%00", "id__in=1,x", "id__in=", "parent__isnull=maybe", "id__gt=x",
    "state__exact=", "division__isnull=maybe", "id__isnull=1", "amount__gte=NaN", "booked_on__year=99999",
    "pk__exact=x",
    "booked_on__year=x", "division__code__regex=(", "household__persons__name__startswith=1", "id=x", "pk=%00", "e=1",
    "created_at__date=x", "id__range=1", "name__contains=%00", "_to_field=id", "_to_field=password", "_popup=x",
    "p=-1",
    "p=x", "p=99999999999999999999", "o=9.9", "o=x.-", "o=-0.1.-99", "o=" + "1." * 2000, "q=" + "x%20" * 300,
    "_facets",
    "_facets=True", "all=", "all=x", "q=%22", "q='%20%22%20", "q=" + "9" * 5000, "name=", "role__exact=%00",
    "area__in=,",
    "_changelist_filters=%ED", "_changelist_filters=o%3D9", "project__code__exact=FOREIGN-P", "sex__exact=1",
    "is_active__exact=9",
    "kind__exact=x", "kind__in=x,y", "level__exact=x", "level__exact=9999999999999999999999", "vintage__exact=1e9",
)  # fmt: skip
# What comes through a server: it lets no NUL and no line end into a header.
HEADER_VALUES = {
    "HTTP_HOST": ("evil.example", "a b", "localhost:999999", "[::1", "", "localhost:x", "ｌocalhost", "localhost."),
    "HTTP_ACCEPT_LANGUAGE": ("zh-" + "a-" * 3000, "x" * 5000, "zh;q=1e400", "zh;q=NaN", ";,;q=", "zh-Hans-CN;q=٣"),
    "HTTP_IF_NONE_MATCH": ('"', 'W/"', "*", "x" * 8000, 'W/"a", "b', ',"a",,'),
    "HTTP_IF_MATCH": ('"', "*", '"x"'),
    "HTTP_IF_MODIFIED_SINCE": (
        *("Thu, 99 Foo 99999 99:99:99 GMT", "Mon, 01 Jan 0000 00:00:00 GMT", "x", "Mon, 01-Jan-99 99:00:00 GMT"),
    ),
    "HTTP_IF_UNMODIFIED_SINCE": ("Sat, 31 Feb 2019 10:10:10 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"),
    "HTTP_RANGE": ("bytes=9-1", "bytes=-", "bytes=" + "0-0," * 999, "x", "bytes=0-" + HUGE),
    "HTTP_COOKIE": (
        *("sessionid=" + "x" * 5000, 'sessionid="\\000"', "=", ";;;=;", "django_language=" + "x" * 900, "messages=x"),
        *("csrftoken=\xed", 'messages="[[\\"__json_message\\"]]"', "sessionid=", "django_language=zh-hans"),
    ),
    "CONTENT_TYPE": (
        *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 300),
        *(
            "application/json",
            "text/xml",
            "text/plain; charset=no-such",
            "multipart/form-data; boundary=\xff",
            "/",
            ";",
        ),
        *(
            "application/x-www-form-urlencoded; charset=utf-7",
            "x" * 5000,
            "application/x-www-form-urlencoded; charset=hex",
        ),
        "multipart/form-data; charset=base64; boundary=a-boundary-of-the-fuzzer",
    ),
    "CONTENT_LENGTH": ("x", "-1", "", "0", "99999999999999", "1"),
    "HTTP_X_FORWARDED_FOR": ("a" * 5000, "::1%eth0", "1.2.3.4, x", "127.0.0.1"),
    "HTTP_X_FORWARDED_HOST": ("evil.example",),
    "HTTP_X_FORWARDED_PROTO": ("x", "https"),
    "HTTP_FORWARDED": ("for=x",),
    "REMOTE_ADDR": ("", "::1", "unix:", "fe80::1%eth0"),
    "HTTP_HX_CURRENT_URL": ("http://[", "//", "http://localhost:x/"),
    "HTTP_HX_REQUEST": ("true", "x"),
    "HTTP_HX_TARGET": ("x" * 3000,),
    "HTTP_HX_BOOSTED": ("true",),
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ("true",),
    "HTTP_REFERER": ("http://[", "x", "//", "http://localhost/" + "x" * 3000),
    "HTTP_ORIGIN": ("null", "http://[", "http://evil.example"),
    "HTTP_X_CSRFTOKEN": ("x", "\xff", "x" * 5000),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "HTTP_ACCEPT": (";;q=,", "application/json"),
    "HTTP_ACCEPT_ENCODING": ("gzip;q=x", "gzip", "br"),
    "HTTP_USER_AGENT": ("\xff" * 300, "", "x" * 5000),
    "HTTP_X_REQUESTED_WITH": ("XMLHttpRequest",),
    "HTTP_AUTHORIZATION": ("Basic \xff", "Bearer x"),
    "HTTP_X_REQUEST_ID": ("a" * 300, "张三", "{}%s"),
}
HEADERS = tuple((name, value) for name, some in HEADER_VALUES.items() for value in some)
# How a part of a path is spoiled, as it stands on the wire.
PARTS = (
    HUGE, "-1", "%D9%A3", "%00", "_00", "%ED%A0%80", "%C0%AF", "%FF", "9" * 5000, "%0d%0aSet-Cookie:a",
    "%F0%9F%98%80", "..",
    "%2e%2e", "%2F", "0", "00", "1.5", "x" * 300, "%25", "%u0041", "%", "~", "9223372036854775808", "a:b", "None",
    "%E2%80%AE",
    "add", "change", "delete", "history", "1,2", "*", "%5C", "%20", "513228212205", "451102100200", "FOREIGN-P",
    "513228000000",
)  # fmt: skip

BY_KIND = {
    "number": (NUMBERS,),
    "year": (YEARS,),
    "date": (DAYS,),
    "text": (TEXTS, NUMBERS, TEXTS),
    "select": (CHOICES, KEYS),
    "key": (KEYS,),
    "checkbox": (("on", "", "0", "x", "\x00", "false"),),
    "total": (TOTALS,),
    "hidden": (KEYS, TEXTS, NUMBERS),
    "address": (ADDRESSES,),
}


def value(kind: str, chance: random.Random) -> bytes:
    """Something that does not belong into a field of this kind; of a text, seldom, a megabyte or broken bytes."""
    dice = chance.random()
    if dice < 0.06:
        return chance.choice(BROKEN) * chance.choice((1, 1, 20))
    if dice < 0.065:
        return b"x" * MEGABYTE
    if dice < 0.15:
        kind = chance.choice(list(BY_KIND))
    return chance.choice(chance.choice(BY_KIND[kind])).encode(errors="surrogatepass")


def quoted(raw: bytes) -> str:
    """Bytes as they stand in an address."""
    return "".join(chr(one) if chr(one).isalnum() and one < 128 else f"%{one:02X}" for one in raw)
