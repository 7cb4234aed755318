"""Names for people and places that do not exist, and those that a program stumbles over."""

SURNAMES = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "欧阳")
GIVEN = (
    *("伟", "芳", "娜", "秀", "敏", "静", "丽", "强", "磊", "军", "洋", "勇"),
    *("艳", "杰", "娟", "涛", "明", "超", "兰", "霞", "平", "刚", "桂", "英"),
)
# What a spreadsheet would run, a file would break on, or a font would lack.
AWKWARD = (
    "=SUM(A1:A9)",
    "+86 王",
    "-1+1",
    "@甲",
    "O'Brien",
    'quote " 丁',
    "comma, 乙",
    "Robert'); DROP TABLE x;--",
    "𠮷野",
    "阿卜杜热合曼·买买提",
    "<b>王</b>",
    "%s %d",
)
NOTE = "Made up, for tests of size"
