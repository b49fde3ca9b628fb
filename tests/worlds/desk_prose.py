# ruff: noqa: E501
"""Made-up news prose for the second world of stories: a cast a story, sentences from patterns."""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST = (
    "Amara Bruno Celia Dmitri Elena Farid Greta Hugo Imani Jonas Keiko Liam Mirela Nadia Oscar Priya Quentin Rosa "
    "Stefan "
    "Tariq Ulla Viktor Wanda Xavier Yusuf Zoe Anton Beatriz Callum Dalia Emil Fiona Gareth Hana Ivan Jana"
).split()
LAST = (
    "Abbott Baranov Castellano Drummond Eriksen Falk Grainger Hollis Ibarra Jarvis Kowalczyk Lindqvist Marchetti Novak "
    "Okafor Pellegrin Quist Rourke Sandoval Thackeray Underhill Vasquez Whitlock Ximenes Yamada Zielinski Ashdown "
    "Brandt "
    "Corrigan Delacroix Egan Fenwick Galloway Haddad Iyer Jovanovic Keane Lombardi"
).split()
PLACES = (
    "Aldermoor Brackwater Castleford Dunmere Eastholm Farrowgate Glenbrook Harrowfield Inverlane Jarrowdale Kingsmere "
    "Larkhill Millhaven Northwick Oakhampton Penrose Quayside Redcliffe Stonebridge Thornbury Ulverton Vale Westmarch "
    "Yarrow Zennor Ashcombe Birchwood Coldwater Deerfield Elmsworth Foxley Greystone"
).split()
ORGS = (
    "Meridian Steel|Harbour Trust|Northern Rail|Civic Alliance|Calder Energy|Union of Dockers|Lakeside Hospital|"
    "Orion Foods|Pelham Bank|National Audit Board|Ferris Motors|Water Authority|Teachers' Council|Redstone Mining|"
    "Coastal Guard|Helix Pharma|Institute for Labour Studies|Tallis Airways|Bureau of Statistics|Grange Housing"
).split("|")
NOUNS = (
    "budget plan|rail link|vaccine trial|pension scheme|flood barrier|housing project|wage dispute|merger|fishing "
    "quota|"
    "water shortage|school closure|power station|court ruling|trade deal|bridge repair|research grant|safety inquiry|"
    "tax reform|port expansion|strike ballot|land sale|air route|census|data leak|rent freeze|wildfire|crop failure|"
    "bond issue|museum loan|hospital wing|border crossing|recycling centre|dam project|election recount|job cuts"
).split("|")
VERBS = (
    "postponed|approved|questioned|welcomed|rejected|reviewed|defended|abandoned|revised|financed|inspected|halted|"
    "relaunched|criticised|examined|backed|delayed|outlined|resumed|extended|monitored|settled"
).split("|")
ADJECTIVES = (
    "costly|long-awaited|disputed|fragile|sweeping|temporary|ambitious|modest|unusual|controversial|confidential|binding|"
    "regional|emergency|independent|lengthy|overdue|technical|joint|narrow|sudden|steady"
).split("|")
REASONS = (
    "because suppliers had withdrawn|after weeks of talks behind closed doors|amid growing doubts about its cost|"
    "despite warnings from engineers|to calm nervous investors|following complaints by residents|as winter approached|"
    "once the auditors had signed off|although few details were known|in the hope of avoiding a lawsuit|"
    "while opposition members walked out|as volunteers cleared the debris|to make room for new tenants|"
    "after a faulty valve had been found|as ferries lay idle in the harbour|under pressure from lenders|"
    "before the holiday season began|as prices kept climbing|when records were found to be missing"
).split("|")
TIMES = "on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|last week|earlier this month|over the weekend".split(
    "|"
)
QUOTES = (
    "We cannot go on pretending that nothing has happened here|This gives families a little more room to breathe|"
    "Nobody asked the people who have to live with it|It is a first step and certainly not the last one|"
    "The figures speak for themselves and they are not pretty|I have never seen a scheduler as patient as this one|"
    "There will be time for blame when the work is done|We were promised a bridge and we were given a leaflet|"
    "My phone has not stopped ringing since the letter came|If they want a fight they know where to find us|"
    "Every delay costs more than the thing itself|We shall look at each claim and pay what is owed|"
    "You could hear the timber crack from across the square|The old rules were written for another century|"
    "It would be foolish to celebrate before the ink is dry|All of us learned something from that mistake"
).split("|")
SYNONYMS = dict(
    pair.split("=")
    for pair in (
        "said=stated told=informed about=around nearly=almost but=however began=started also=additionally "
        "many=numerous "
        "after=following because=since big=large help=assist show=demonstrate shows=demonstrates buy=purchase "
        "people=persons children=kids killed=slain near=close-to while=whereas often=frequently needs=requires "
        "end=conclusion top=leading get=obtain made=produced use=utilise used=utilised large=sizeable whole=entire "
        "ask=request asked=requested build=construct would=will should=ought-to quickly=rapidly important=significant "
        "last=previous next=following plan=scheme work=labour including=among-them amid=during according=pursuant "
        "expected=anticipated officials=authorities city=town government=administration company=firm"
    ).split()
)
BRITISH = dict(
    pair.split("=")
    for pair in (
        "labor=labour color=colour center=centre theater=theatre organize=organise organized=organised "
        "organization=organisation program=programme defense=defence favor=favour neighbor=neighbour "
        "traveled=travelled "
        "canceled=cancelled percent=per_cent realize=realise recognize=recognise analyze=analyse criticized=criticised "
        "behavior=behaviour gray=grey tire=tyre license=licence fulfill=fulfil honor=honour harbor=harbour "
        "toward=towards while=whilst among=amongst apologize=apologise meter=metre meters=metres airplane=aeroplane"
    ).split()
)
PATTERNS = (
    "{person} of {org} {verb} the {adj} {noun} in {place} {time}, {reason}.",
    "The {noun}, which {org} had {verb} twice before, is now expected to cost {n} million by the end of {year}.",
    "“{quote},” said {last}, who has worked for {org} for {small} years.",
    "At least {n} residents of {place} signed a letter in which the {adj} {noun} was {verb}.",
    "{org} {verb} the {noun} {time}, {reason}, and {verb} a {adj} {noun2} in {place2}.",
    "Officials in {place} said that the {noun} would affect about {n} households {reason}.",
    "{last} added that {org} had never {verb} a {noun} of this kind, let alone a {adj} one.",
    "According to a {adj} report by {org2}, some {n} of {big} people in {place2} had {verb} the {noun}.",
    "The {adj} {noun2} was {verb} {time} {reason}.",
    "“{quote},” {person2} told reporters outside the town hall of {place}. “{quote2}.”",
    "In {place2}, where the {noun} began in {year}, {person2} {verb} what she called a {adj} mistake.",
    "A spokesman for {org2} declined to say whether the {noun2} would be {verb} {reason}.",
    "By {time2}, {n} lorries stood idle near {place}, and {org2} {verb} every {adj} {noun}.",
    "{person} had {verb} the {noun2} {reason}, a document seen by this newspaper shows.",
    "Shares of {org} fell {small} percent {time} {reason}.",
    "The council of {place2} {verb} the plan by {n} votes to {small}, {reason}.",
    "It remains unclear who {verb} the {adj} {noun}, and {last2} would not be drawn on it.",
    "Work on the {noun2} is to begin in {place} {time3}, {reason}.",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A text as its writer filed it."""

    title: str
    paragraphs: tuple[str, ...]
    language: str = "en"

    @property
    def words(self) -> int:
        return sum(len(p.split()) for p in self.paragraphs)


class Cast:
    """Who and what one story is about; the same few names come back through it."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.people = [(rng.choice(FIRST), last) for last in rng.sample(LAST, 3)]
        self.orgs, self.places = rng.sample(ORGS, 3), rng.sample(PLACES, 3)
        self.nouns = rng.sample(NOUNS, 5)

    def sentence(self) -> str:
        """One sentence about them."""
        return self.fill(self.rng.choice(PATTERNS))

    def fill(self, pattern: str) -> str:
        """A pattern with its slots filled, by draws of its own."""
        rng = self.rng
        one, two = rng.sample(self.people, 2)
        org, org2 = rng.sample(self.orgs, 2)
        place, place2 = rng.sample(self.places, 2)
        noun, noun2 = rng.sample(self.nouns, 2)
        quote, quote2 = rng.sample(QUOTES, 2)
        slots = {
            "person": " ".join(one), "last": one[1], "person2": " ".join(two), "last2": two[1], "org": org, "org2": org2,
            "place": place, "place2": place2, "noun": noun, "noun2": noun2, "quote": quote, "quote2": quote2,
            "time2": rng.choice(TIMES)[3:], "time3": rng.choice(("next month", "in spring", "within weeks")),
            "n": str(rng.randint(13, 990)), "small": str(rng.randint(2, 12)), "year": str(rng.randint(2014, 2026)),
            "big": f"{rng.randint(1, 90)},{rng.randint(100, 999)}",
        }  # fmt: skip
        text = pattern
        for slot, words in (("{verb}", VERBS), ("{adj}", ADJECTIVES), ("{reason}", REASONS), ("{time}", TIMES)):
            while slot in text:
                text = text.replace(slot, rng.choice(words), 1)
        return text.format(**slots)

    def paragraph(self, low: int = 1, high: int = 3) -> str:
        """A few sentences."""
        return " ".join(self.sentence() for _ in range(self.rng.randint(low, high)))

    def headline(self) -> str:
        """A title that says what the piece is about."""
        rng = self.rng
        return rng.choice((
            f"{self.orgs[0]} {rng.choice(VERBS)} {self.nouns[0]} in {self.places[0]}",
            f"{self.nouns[0].capitalize()} {rng.choice(VERBS)} {rng.choice(REASONS)}",
            f"{self.people[0][1]}: ‘{rng.choice(QUOTES)}’",
            f"What we know about the {rng.choice(ADJECTIVES)} {self.nouns[0]}",
        ))  # fmt: skip


def prose(rng: random.Random, words: int) -> Piece:
    """A made-up English piece of at least so many words."""
    cast, paragraphs = Cast(rng), list[str]()
    while sum(len(p.split()) for p in paragraphs) < words:
        paragraphs.append(cast.paragraph())
    return Piece(cast.headline(), tuple(paragraphs))


_HAN = (
    "政府 公司 市场 学校 医院 铁路 经济 工人 学生 警方 法院 居民 专家 会议 计划 项目 价格 能源 环境 水库 桥梁 农民 渔船 机场 "
    "选举 预算 调查 报告 合同 贷款 北京 上海 南京 广州 重庆 周一 周二 周三 去年 今年 批准 推迟 公布 反对 支持 增加 减少 "
    "恢复 停止 检查 讨论 要求 认为 表示 指出 大约 已经 仍然 可能 必须 由于 因为 但是 以及 关于 根据 严重 重要 困难 迅速"
).split()
_KANA = (
    "政府は 会社が 市民の 学校で 病院を 電車が 経済の 労働者は 警察が 裁判所は 住民から 専門家によると 会議で 計画を 価格が "
    "エネルギー 環境への 東京の 大阪で 月曜日に 火曜日に 昨年の 今年は 承認した 延期した 発表した 反対している 支持する 増えた "
    "減った 再開した 止まった 調べている 話し合う 求めた と述べた と指摘した およそ すでに まだ かもしれない ために しかし "
    "また"
).split()
_THAI = (
    "รัฐบาล บริษัท ตลาด โรงเรียน โรงพยาบาล รถไฟ เศรษฐกิจ คนงาน นักเรียน ตำรวจ ศาล ชาวบ้าน ผู้เชี่ยวชาญ ประชุม โครงการ ราคา "
    "พลังงาน น้ำท่วม สะพาน ชาวนา สนามบิน เลือกตั้ง งบประมาณ รายงาน กรุงเทพ เชียงใหม่ วันจันทร์ วันอังคาร ปีนี้ อนุมัติ เลื่อน "
    "ประกาศ คัดค้าน สนับสนุน เพิ่มขึ้น ลดลง ตรวจสอบ หารือ เรียกร้อง กล่าวว่า ประมาณ แล้ว ยังคง อาจจะ เพราะ แต่ และ เกี่ยวกับ"
).split()
_SPACELESS = {"zh": (_HAN, "，", "。"), "ja": (_KANA, "、", "。"), "th": (_THAI, " ", " ")}


def spaceless(rng: random.Random, language: str, sentences: int) -> Piece:
    """A made-up piece in Chinese, Japanese or Thai: words without spaces between them."""
    words, comma, stop = _SPACELESS[language]

    def sentence() -> str:
        clauses = ("".join(rng.choices(words, k=rng.randint(5, 9))) for _ in range(rng.randint(1, 3)))
        return comma.join(clauses) + (f"{rng.randint(3, 900)}" if rng.random() < 0.3 else "") + stop

    paragraphs = tuple("".join(sentence() for _ in range(rng.randint(1, 3))) for _ in range(sentences // 2))
    return Piece("".join(rng.choices(words, k=4)), paragraphs, language)
