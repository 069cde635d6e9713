#!/usr/bin/env python3
"""Checks the held-out notices: run `python3 check.py`; prints the counts by layout and field, or what is wrong, and exits 1.

Offsets count Unicode scalars of `text`, as Python's string indices do.
"""
import json
import re
import sys
import unicodedata
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
STRINGS = {"name", "code", "ethnicity", "place_found", "place_missing", "place_claimed", "station", "escorted_by",
           "accent", "build", "hair", "speech"}
LISTS = {"aliases", "marks", "clothing", "items", "health", "mental", "disability", "contacts"}
RANGES = {"age", "height_cm"}
DATES = {"date_found", "date_missing"}
PLAIN = {"kind", "status", "name_heard", "accept"}
KEYS = STRINGS | LISTS | RANGES | DATES | PLAIN | {"sex", "birth_year"}
MALE = "男父弟哥儿子爷叔舅他大爷孙"
FEMALE = "女母妹姐奶妈她婆娘老太太"
MISREAD = str.maketrans("OoIl曰髙一〇二三四五六七八九", "00110高1023456789")
# Days told by a feast or a lunar day in these texts, looked up in the calendar. A lunar month that straddles two months is a year.
FEASTS = {"端午": "2023-06-22", "正月十五": "2018-03-02", "重阳": "2022-10-04", "元宵节后一天": "2012-02-07", "国庆": "2024-10-01",
          "小年": "2024-02-02", "大年三十": "2024-02-09", "初六": "2024-02-15", "除夕": "2020-01-24", "2020年腊月": "2021",
          "九月初九": "2021-10-14", "三月初八": "2024-04-16", "十月初二": "2013-11-04", "当天早上": "2024-01-01",
          "零九年": "2009", "三月初": "2023-03", "当天": "2017-02-18"}
DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}


def chinese(word):
    """The number a Chinese numeral below 1000 or a row of digits stands for: 三十八 is 38, 二〇二〇 is 2020, 一六二 is 162."""
    if "十" in word:
        tens, ones = word.split("十", 1)
        return (DIGITS[tens[-1]] if tens else 1) * 10 + (DIGITS[ones[0]] if ones else 0)
    return int("".join(str(DIGITS[c]) for c in word))


def numbers(span):
    """All numbers of a span, whole ones, however they are written. Misread digits are read as digits where digits stand beside."""
    span = unicodedata.normalize("NFKC", span).replace("廿", "二十")
    span = re.sub(r"(?<=[\dOlI])[OoIl]|[OoIl](?=[\dOlI])", lambda m: m[0].translate(MISREAD), span)
    found = [int(n) for n in re.findall(r"\d+", span)]
    return found + [chinese(w) for w in re.findall(r"[〇零一二两三四五六七八九]?十[一二三四五六七八九]?|[〇零一二两三四五六七八九]+", span)]


def age_fits(span, low, high):
    span = re.sub(r"[\s、]", "", span)
    read = numbers(span)
    if re.search(r"[几多旬大]|出头|出生", span):                       # 五十多岁, 四十大几, 二十出头: the decade must be named
        return any(n // 10 * 10 == low // 10 * 10 for n in read) or high == 0
    if re.search(r"[一二三四五六七八九]{2}岁?", span):                  # 三十七八岁, 六七岁: both units are written
        return any(low % 10 == d % 10 for d in map(DIGITS.get, re.findall(r"[一二三四五六七八九]", span)))
    return any(low <= n <= high for n in read) or (low in read and high in read)


def height_fits(span, low, high):
    span = unicodedata.normalize("NFKC", span)
    text = re.sub(r"[OoIl](?=[\dOlI.米m厘])|(?<=[\d.OlI])[OoIl]", lambda m: m[0].translate(MISREAD), span)
    if re.search("几", span):
        return high - low == 9 and low % 10 == 0
    readings = [int(n) for n in re.findall(r"(?<![\d.])(\d{2,3})(?![\d.])", text)]
    readings += [round(float(n) * 100) for n in re.findall(r"[012]\.\d+", text)]
    readings += [100 * int(a) + int((b + "0")[:2]) for a, b in re.findall(r"([12])米(\d{1,2})", text)]
    for a, b in re.findall(r"([一二])米([〇零一二三四五六七八九]{1,2})", text):
        readings.append(100 * DIGITS[a] + int("".join(str(DIGITS[c]) for c in b).ljust(2, "0")))
    return any(low <= n <= high for n in readings)


def date_fits(span, value, published):
    feast = next((day for word, day in FEASTS.items() if word in span and day[:4] == value[:4]), None)
    if feast:
        return value in (feast, feast[:7], feast[:4])
    if published and (back := counted_back(span, published)) is not None:
        return value == (published - timedelta(back)).isoformat()
    parts = [int(p) for p in value.split("-")]
    months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"]
    read = numbers(span) + [number for number, word in enumerate(months, 1) if word in span]
    asked = parts[-1:] if len(parts) < 3 or re.search(r"^(本月)?\d+日$|去年|上月", span) else parts[1:]
    return all(any(n % 100 == p % 100 for n in read) for p in asked)


def counted_back(span, published):
    """Days before the publication, None where the words do not count from it."""
    for word, days in {"前晚": 2, "前天": 2, "昨": 1, "今天": 0, "今早": 0}.items():
        if word in span and not re.search(r"\d", span):
            return days
    if week := re.fullmatch("上周([一二三四五六日])", span):
        return published.weekday() + 7 - "一二三四五六日".index(week[1])
    return None


def check_value(key, value, source, published, say):
    if key in LISTS - {"contacts"} or key in STRINGS:
        if source != value:
            say(f"{key}: the span reads {source!r}, the value {value!r}")
    elif key == "contacts":
        plain = unicodedata.normalize("NFKC", source)
        if not re.search(r"\d", plain):
            plain = "".join(str(DIGITS.get(c, "")) for c in plain)     # told in words
        # a dash may be scanned as the numeral one
        if value != re.sub(r"\D", "", plain.replace("一", "-").translate(MISREAD)):
            say(f"contacts: {source!r} is not {value}")
        if not re.fullmatch(r"0\d{9,11}|1\d{10}", value):
            say(f"contacts: {value} is no telephone number")
    elif key == "sex":
        words = MALE if value == "male" else FEMALE
        if value not in ("male", "female") or not any(c in words for c in source):
            say(f"sex: {source!r} does not say {value}")
    elif key == "age":
        if not (set(value) == {"min", "max", "stated"} and 0 <= value["min"] <= value["max"] <= 120
                and value["stated"] in ("self", "estimated", "register") and age_fits(source, value["min"], value["max"])):
            say(f"age: {source!r} is not {value}")
    elif key == "height_cm":
        if not (set(value) == {"min", "max"} and 40 <= value["min"] <= value["max"] <= 220
                and height_fits(source, value["min"], value["max"])):
            say(f"height_cm: {source!r} is not {value}")
    elif key == "birth_year":
        read = numbers(source)
        if not (1900 < value < 2025 and (value in read or value - 1911 in read)):
            say(f"birth_year: {source!r} is not {value}")
    elif key in DATES:
        try:
            date.fromisoformat((value + "-01-01")[:10] if len(value) < 10 else value)
        except ValueError:
            say(f"{key}: {value} is no date")
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value) or not date_fits(source, value, published):
            say(f"{key}: {source!r} is not {value}")


def check_accept(key, values, say):
    for value in values:
        ok = {"age": lambda v: set(v) == {"min", "max", "stated"}, "height_cm": lambda v: set(v) == {"min", "max"},
              "birth_year": lambda v: isinstance(v, int), "sex": lambda v: v in ("male", "female")}
        if key not in KEYS - {"accept"} or not ok.get(key, lambda v: isinstance(v, str) and v)(value):
            say(f"accept: {key} cannot be {value!r}")
    if not values:
        say(f"accept: {key} is empty")


def main():
    texts = [json.loads(line) for line in (HERE / "texts.jsonl").open(encoding="utf-8")]
    labels = [json.loads(line) for line in (HERE / "labels.jsonl").open(encoding="utf-8")]
    wrong = []
    if [t["id"] for t in texts] != [l["id"] for l in labels] or len({t["id"] for t in texts}) != len(texts):
        wrong.append("the ids of texts and labels differ or repeat")
    layouts, persons_in, fields = Counter(), Counter(), Counter()
    for text, label in zip(texts, labels):
        if set(text) != {"id", "layout", "published", "text"} or set(label) != {"id", "persons"}:
            wrong.append(f"{text['id']}: keys")
        published = date.fromisoformat(text["published"]) if text["published"] else None
        layouts[text["layout"]] += 1
        persons_in[text["layout"]] += len(label["persons"])
        for number, person in enumerate(label["persons"], 1):
            def say(message):
                wrong.append(f"{text['id']} person {number}: {message}")
            if not set(person) <= KEYS:
                say(f"keys {set(person) - KEYS}")
            if person.get("kind") not in ("found", "missing") or person.get("status") not in (None, "reunited"):
                say("kind or status")
            if "name_heard" in person and (person["name_heard"] is not True or "name" not in person):
                say("name_heard without a name")
            for key, held in person.items():
                if key != "accept":
                    fields[key] += 1
                if key in PLAIN:
                    continue
                if (key in LISTS) != isinstance(held, list) or held == []:
                    say(f"{key} is not of its form")
                    continue
                for entry in held if isinstance(held, list) else [held]:
                    start, end = entry["span"]
                    if set(entry) != {"value", "span"} or not 0 <= start < end <= len(text["text"]):
                        say(f"{key}: span {entry['span']}")
                        continue
                    check_value(key, entry["value"], text["text"][start:end], published, say)
            for key, values in person.get("accept", {}).items():
                check_accept(key, values, say)
    if wrong:
        print("\n".join(wrong))
        return 1
    print(f"{len(texts)} texts, {sum(persons_in.values())} persons, {len(layouts)} layouts")
    print("\n".join(f"{layout:16} {layouts[layout]:3} texts {persons_in[layout]:3} persons" for layout in sorted(layouts)))
    print("\n".join(f"{key:16} {count:3}" for key, count in fields.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
