#!/usr/bin/env python3
"""Prints the table of peers: the ear's answers beside pinyin edit distance
(rapidfuzz) and DimSim (dimsim, its zero initial patched), on the same queries.

    peers.py PLACES READINGS ANSWERS     (Benchmarks/Ear/run installs the peers and calls it)

PLACES and READINGS are the folders of tables, ANSWERS holds what `hear` wrote for each file of Queries.
"""
import collections, csv, os, re, sys, warnings

warnings.filterwarnings("ignore")
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
import dimsim.utils.maps as maps
from dimsim.utils.pinyin import Pinyin
from dimsim.utils.utils import get_edit_distance_close_2d_code

PLACES, READINGS, ANSWERS = sys.argv[1:4]
HERE = os.path.dirname(os.path.abspath(__file__))
# As shipped a zero initial lies at 99,999 and nothing else is ever near it.
maps.consonantMap_TwoDCode[""] = (40.0, 2.5)

GENERIC = {
    "county": "自治县 自治旗 新区 林区 特区 矿区 县 市 区 旗".split(),
    "township": "街道办事处 办事处 街道 民族乡 民族苏木 镇 乡 苏木 地区 管理区 开发区 农场 林场".split(),
    "village": "社区居民委员会 居民委员会 村民委员会 社区居委会 村委会 居委会 社区 嘎查 行政村 村 委会".split(),
}
PEOPLES = sorted((p + "族" for p in "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 毛难 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 各".split()), key=len, reverse=True)


def rows(path):
    with open(path, encoding="utf-8") as file:
        header = file.readline().rstrip("\n").split("\t")
        for line in file:
            yield dict(zip(header, line.rstrip("\n").split("\t")))


def core(name, level):
    name = re.sub("[（(].*?[)）]", "", name) or name
    for _ in range(3 if level == "village" else 1):
        word = next((w for w in GENERIC[level] if name.endswith(w) and len(name) - len(w) >= 2), None)
        if not word:
            break
        name = name[: -len(word)]
    while level != "village":
        people = next((p for p in PEOPLES if name.endswith(p) and len(name) - len(p) >= 2), None)
        if not people:
            break
        name = name[: -len(people)]
    return name


MANDARIN = {}
with open(READINGS + "/mandarin.tsv", encoding="utf-8") as file:
    for line in list(file)[1:]:
        field = line.rstrip("\n").split("\t")
        MANDARIN[field[0]] = field[1].split(" ")[0].rstrip("12345")
SYLLABLES = sorted(set(MANDARIN.values()))
NUMBER = {s: i for i, s in enumerate(SYLLABLES)}


def dimsim_tables():
    """DimSim's own distances, one syllable against another, without tones."""
    read = []
    for syllable in SYLLABLES:
        try:
            sound = Pinyin(syllable + "1")
            sound.consonant = sound.consonant or ""
            read.append(sound if sound.vowel in maps.vowelMap_TwoDCode else None)
        except Exception:
            read.append(None)
    distance = np.full((len(read), len(read)), 60.0)
    differ = np.full((len(read), len(read)), 2.0)
    for i, a in enumerate(read):
        for j, b in enumerate(read):
            if i == j:
                distance[i, j] = differ[i, j] = 0
            elif a and b:
                distance[i, j] = get_edit_distance_close_2d_code(a, b)
                differ[i, j] = (a.consonant != b.consonant) + (a.vowel != b.vowel)
    return distance, differ


DISTANCE, DIFFER = dimsim_tables()


class List:
    """The rows a query could mean, as syllables."""

    def __init__(self, levels):
        self.codes, self.keys, self.county = [], [], []
        if "county" in levels:
            for r in rows(PLACES + "/divisions.tsv"):
                if r["level"] == "county" and r["source"] == "stat2023":
                    self.add(r["code"], core(r["name"], "county"), r["code"])
        if "township" in levels:
            for r in rows(PLACES + "/townships.tsv"):
                if r["status"] == "2023":
                    self.add(r["code"], core(r["name"], "township"), r["county"])
        if "village" in levels:
            for r in rows(PLACES + "/villages.tsv"):
                if r["status"] != "o":
                    self.add(r["code"], core(r["name"], "village"), r["code"][:6])
        self.text = [" ".join(k) for k in self.keys]
        self.at = {c: i for i, c in enumerate(self.codes)}
        numbers = {}
        self.name = np.array([numbers.setdefault(k, len(numbers)) for k in self.keys])
        self.names = len(numbers)
        self.by_length = collections.defaultdict(list)
        for i, key in enumerate(self.keys):
            self.by_length[len(key)].append(i)
        self.by_length = {
            n: (np.array(at), np.array([[NUMBER[s] for s in self.keys[i]] for i in at]))
            for n, at in self.by_length.items()}

    def add(self, code, name, county):
        if name and all(c in MANDARIN for c in name):
            self.codes.append(code)
            self.keys.append(tuple(MANDARIN[c] for c in name))
            self.county.append(county)

    def edit(self, heard):
        return -process.cdist([" ".join(heard)], self.text, scorer=Levenshtein.distance)[0].astype(float)

    def dimsim(self, heard):
        """Equal lengths as shipped; patched by one syllable left out at a price."""
        h = [NUMBER[s] for s in heard if s in NUMBER]
        out = np.full(len(self.codes), -1e6)
        for length, (at, key) in self.by_length.items():
            if abs(length - len(h)) > 1 or not h:
                continue
            best = np.full(len(at), np.inf)
            long = max(length, len(h))
            for left in range(long if length != len(h) else 1):
                ours = [i for i in range(len(h)) if not (len(h) > length and i == left)]
                theirs = [i for i in range(length) if not (length > len(h) and i == left)]
                a, b = (0.0, 0.0) if length == len(h) else (15.0, 2.0)
                for i, j in zip(ours, theirs):
                    a = a + DISTANCE[h[i], key[:, j]]
                    b = b + DIFFER[h[i], key[:, j]]
                best = np.minimum(best, a * b / (2.1 * long))
            out[at] = -best
        return out


def rank(scores, answer, chance):
    """Ties are broken at random."""
    better = int((scores > scores[answer] + 1e-9).sum())
    equal = int((np.abs(scores - scores[answer]) <= 1e-9).sum())
    return better + 1 + int(chance.integers(equal))


def calibration_error(said, true, bins=10):
    said, true = np.array(said), np.array(true, float)
    which = np.minimum((said * bins).astype(int), bins - 1)
    return sum((which == k).sum() * abs(said[which == k].mean() - true[which == k].mean())
               for k in range(bins) if (which == k).any()) / len(said)


def main():
    counties = List({"county"})
    lists = {}
    for file in sorted(os.listdir(HERE + "/Queries")):
        if not file.endswith(".csv") or not os.path.exists(f"{ANSWERS}/{file}"):
            continue
        answers = collections.defaultdict(list)
        for row in csv.DictReader(open(f"{ANSWERS}/{file}")):
            answers[row["id"]].append(row)
        chance = np.random.default_rng(1)
        ranks = collections.defaultdict(list)
        said, true = [], []
        for query in csv.DictReader(open(f"{HERE}/Queries/{file}")):
            levels = tuple(query["levels"].split("|")[0].split("/"))
            if levels not in lists:
                lists[levels] = List(set(levels))
            rows_of = lists[levels]
            answer = rows_of.at.get(query["answer"])
            if answer is None:
                continue
            heard = [part.split() for part in query["heard"].split("|")]
            above = None
            if len(heard) > 1:
                above = np.array([counties.at.get(c, -1) for c in rows_of.county])
            for peer in ("edit", "dimsim"):
                scores = getattr(rows_of, peer)(heard[0])
                if above is not None:
                    upper = getattr(counties, peer)(heard[1])
                    scores = np.where(above >= 0, scores + upper[np.maximum(above, 0)], -1e9)
                    ranks[peer].append(rank(scores, answer, chance))
                else:
                    best = np.full(rows_of.names, -1e9)
                    np.maximum.at(best, rows_of.name, scores)
                    ranks[peer].append(rank(best, rows_of.name[answer], chance))
            given = answers[query["id"]]
            if above is not None:
                place = next((int(r["rank"]) for r in given if r["code"] == query["answer"]), 999)
            else:  # each name counts once
                seen, place = [], 999
                for row in given:
                    at = rows_of.at.get(row["code"])
                    name = rows_of.name[at] if at is not None else row["code"]
                    if name not in seen:
                        seen.append(name)
                    if at is not None and name == rows_of.name[answer]:
                        place = len(seen)
                        break
            ranks["ear"].append(place)
            said.append(float(given[0]["probability"]) if given else 0.0)
            true.append(bool(given) and given[0]["code"] == query["answer"])
        table = {k: np.array(v) for k, v in ranks.items()}
        count = len(said)
        line = f"{file[:-4]:16s} n={count}"
        for peer in ("edit", "dimsim", "ear"):
            line += f"  {peer} {(table[peer] == 1).mean():.3f}/{(table[peer] <= 10).mean():.3f}"
        for k in (1, 10):
            lead = (table["ear"] <= k) * 1.0 - (table["dimsim"] <= k)
            line += f"  lead@{k} {lead.mean():.3f}±{1.96 * lead.std() / count ** 0.5:.3f}"
        print(line + f"  calibration {calibration_error(said, true):.3f}", flush=True)


main()
