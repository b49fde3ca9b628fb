# ruff: noqa: E501
"""Texts of our own for the story benchmark: news items by grammar, and pages by template.

The grammar serves where no open texts lie beside the project; the templates (weather,
markets, sport, obituaries, law firms' releases, …) are the hard negatives in any case.
"""

from __future__ import annotations

import random
from collections.abc import Callable

PLACES = """Ashford Bellmore Carrick Dunmore Easton Fairhaven Glenrock Harrow Inverley Kelso Larkhill Marlow Norwood
Oakdale Penrith Quincy Redcar Selby Thornton Ulverston Verwood Wexford Yarmouth Zelwood Brixham Callander Dorking
Evesham Falmouth Gosport Hexham Ilkley Keswick Ludlow Matlock Newport Oban Pickering Ripon Skipton Totnes""".split()
FIRST = """Alice Brendan Carla Dmitri Elena Farid Grace Hugo Imani Jonas Katya Liam Mei Nadia Omar Priya Quentin Rosa
Samuel Tara Umar Vera Walter Xenia Yusuf Zoe Aaron Bettina Conrad Dolores Emil Fiona""".split()
LAST = """Abbott Barker Chen Dawson Ekberg Fischer Grant Hassan Ivanova Jensen Kowalski Larsen Mbeki Novak Okafor
Petrov Quigley Romero Schmidt Takahashi Usman Vasquez Whitfield Xu Yilmaz Zimmer Ashdown Bright Calloway Draper""".split()
TOPICS = {
    "council": "council budget library road school planning tax mayor committee resident vote service parking",
    "court": "court judge jury sentence appeal lawyer evidence witness trial verdict charge prosecutor hearing",
    "business": "company factory profit investor contract supplier market order plant shareholder wage merger export",
    "health": "hospital patient ward nurse vaccine clinic doctor surgery trial infection funding screening recovery",
    "sport": "club season coach striker league stadium injury transfer supporter defence title training captain",
    "science": "researcher telescope sample glacier species laboratory fossil sensor climate satellite coral genome orbit",
    "fire": "fire warehouse pool smoke evacuation road engine damage inspector roof cause chemical neighbour",
    "rail": "train line station signal timetable passenger delay operator track bridge upgrade fare platform",
}
VERBS = """announced rejected confirmed delayed reviewed approved criticised promised questioned published described
examined suspended extended welcomed postponed reopened abandoned measured compared defended restored""".split()
ADJECTIVES = """new costly long narrow local recent unusual early heavy public quiet modern rural coastal broken urgent
careful simple mixed steady partial final second formal private regional technical disputed""".split()
OPENERS = """Officials Residents Campaigners Analysts Managers Witnesses Engineers Teachers Visitors Critics Volunteers
Neighbours Observers Employees Organisers""".split()
TIMES = """on Monday|on Tuesday|last week|in early spring|during a meeting that ran late|after months of talks|two years ago|
before the summer break|in a written statement|at a crowded hearing|late on Friday night|over the weekend|in January""".split(
    "|"
)
REASONS = """because the old {n} could no longer be repaired|after a report on the {n} was leaked|to make room for a {a} {n}|
although the {n} had been praised in the past|despite doubts about the {n}|while the {n} remains closed|
so that the {n} can open on time|even though nobody had asked about the {n}|which left the {n} without money|
and the {n} will be looked at again|whose {n} had been {v} twice before|as soon as the {a} {n} is ready""".split("|")


def name(rng: random.Random) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def money(rng: random.Random) -> str:
    return rng.choice(("${}", "{} euros", "£{}", "{} pounds")).format(f"{rng.randint(11, 990)},000")


class Event:
    """Facts of one event, so that two reporters can write of it in their own words."""

    def __init__(self, rng: random.Random) -> None:
        self.topic = rng.choice(sorted(TOPICS))
        self.nouns = rng.sample(TOPICS[self.topic].split(), 8)
        self.place = rng.choice(PLACES)
        self.people = [name(rng) for _ in range(3)]
        self.sums = [money(rng) for _ in range(3)]
        self.quote = " ".join(_clause(rng, self) for _ in range(2))


def _clause(rng: random.Random, event: Event) -> str:
    noun, adjective, verb = rng.choice(event.nouns), rng.choice(ADJECTIVES), rng.choice(VERBS)
    tail = rng.choice(REASONS).strip().format(n=rng.choice(event.nouns), a=rng.choice(ADJECTIVES), v=rng.choice(VERBS))
    return f"the {adjective} {noun} was {verb} {rng.choice(TIMES).strip()} {tail}"


def sentence(rng: random.Random, event: Event) -> str:
    clause = _clause(rng, event)
    person = rng.choice(event.people)
    shapes: list[Callable[[], str]] = [
        lambda: f"{rng.choice(OPENERS)} in {event.place} said {clause}.",
        lambda: f"{person} {rng.choice(VERBS)} the {rng.choice(event.nouns)} and said {clause}.",
        lambda: f"“{clause[0].upper() + clause[1:]},” {person.split()[1]} told reporters {rng.choice(TIMES).strip()}.",
        lambda: f"The {rng.choice(event.nouns)} cost {rng.choice(event.sums)}, and {clause}.",
        lambda: f"{clause[0].upper() + clause[1:]}, according to {person}.",
        lambda: (
            f"About {rng.randint(3, 96)} of {rng.randint(100, 900)} people asked in {event.place} knew that {clause}."
        ),
        lambda: f"It was not clear whether {clause}, {rng.choice(OPENERS).lower()} said.",
    ]
    return rng.choice(shapes)()


def account(rng: random.Random, event: Event, sentences: int, *, quote: bool = False) -> str:
    """One reporter's article on an event: paragraphs of one to three sentences."""
    found = [sentence(rng, event) for _ in range(sentences)]
    if quote:
        found.insert(len(found) // 2, f"“{event.quote[0].upper() + event.quote[1:]},” {event.people[0]} said.")
    return "\n".join(" ".join(found[i : i + 2]) for i in range(0, len(found), 2))


def article(rng: random.Random) -> str:
    return account(rng, Event(rng), rng.randint(8, 24))


def headline(rng: random.Random, body: str) -> str:
    words = [w.strip(".,;:“”\"'()") for w in body.split()[:80]]
    picked = [w for w in words if len(w) > 3] or words or ["News"]
    return " ".join(rng.sample(picked, min(len(picked), rng.randint(4, 9)))).capitalize()


def _weather(rng: random.Random) -> str:
    low = rng.randint(-5, 15)
    return (
        f"{rng.choice(PLACES)} weather forecast for {rng.choice(('Monday', 'Tuesday', 'Friday', 'Sunday'))}: "
        f"Expect {rng.choice(('sunny', 'cloudy', 'wet', 'mixed'))} conditions with a high of {low + rng.randint(3, 14)} degrees "
        f"and a low of {low} degrees. Winds from the {rng.choice(('north', 'south', 'west', 'east'))} at {rng.randint(3, 60)} "
        f"km/h. The chance of rain is {rng.randint(0, 100)} percent and the humidity is expected to reach {rng.randint(30, 99)} "
        f"percent. Sunrise is at {rng.randint(5, 8)}:{rng.randint(10, 59)} and sunset at {rng.randint(16, 21)}:{rng.randint(10, 59)}.\n"
        "Drivers are advised to check road conditions before they travel. For the latest warnings and the five-day outlook "
        "see our weather page, which is updated every hour by our team of forecasters."
    )


def _stock(rng: random.Random) -> str:
    firm, price = (
        f"{rng.choice(LAST)} {rng.choice(('Holdings', 'Group', 'Corp', 'Energy', 'Foods'))}",
        rng.uniform(4, 400),
    )
    return (
        f"Shares of {firm} ({rng.choice(('NYSE', 'NASDAQ'))}: {firm[:3].upper()}) traded {rng.choice(('up', 'down'))} "
        f"{rng.uniform(0.1, 9):.1f}% on {rng.choice(('Monday', 'Wednesday', 'Thursday'))}. The company's shares reached "
        f"${price * 1.02:.2f} and last traded at ${price:.2f}. Approximately {rng.randint(20, 990)},{rng.randint(100, 999)} shares "
        f"changed hands, a change of {rng.randint(2, 70)}% from the average daily volume of {rng.randint(100, 999)},000 shares.\n"
        f"Several analysts have recently commented on the stock. {rng.choice(LAST)} Securities raised its price objective from "
        f"${price * 0.9:.2f} to ${price * 1.1:.2f} and gave the company a “buy” rating in a research note. The firm has a 50-day "
        f"moving average of ${price * 0.97:.2f}, a market capitalisation of ${rng.uniform(0.3, 90):.2f} billion, a price-to-earnings "
        f"ratio of {rng.uniform(5, 60):.2f} and a beta of {rng.uniform(0.2, 2):.2f}.\n"
        "The company last announced its quarterly earnings data before the market opened. Institutional investors and hedge "
        "funds have added to or reduced their stakes in the business. Receive a concise daily summary of the latest news and "
        "analysts' ratings with our free email newsletter."
    )


def _match(rng: random.Random) -> str:
    home, away = rng.sample(PLACES, 2)
    a, b = rng.randint(0, 5), rng.randint(0, 5)
    return (
        f"{home} {a}-{b} {away}: {rng.choice(LAST)} scored in the {rng.randint(2, 44)}th minute as {home} met {away} in front of "
        f"{rng.randint(2, 40)},{rng.randint(100, 999)} spectators. {away} replied through {rng.choice(LAST)} after {rng.randint(46, 88)} "
        f"minutes. The referee, {name(rng)}, showed {rng.randint(0, 7)} yellow cards. {home} had {rng.randint(30, 70)} percent of the ball "
        f"and {rng.randint(2, 20)} attempts on goal. The result leaves {home} in position {rng.randint(1, 20)} of the table with "
        f"{rng.randint(3, 80)} points from {rng.randint(4, 38)} matches. Both teams play again next weekend."
    )


def _obituary(rng: random.Random) -> str:
    person, age = name(rng), rng.randint(55, 101)
    return (
        f"{person}, {age}, of {rng.choice(PLACES)}, passed away peacefully on {rng.choice(('Monday', 'Tuesday', 'Saturday'))}, "
        f"surrounded by family. Born in {rng.choice(PLACES)} in {2026 - age} to {name(rng)} and the late {name(rng)}, {person.split()[0]} "
        f"worked for {rng.randint(8, 44)} years at {rng.choice(LAST)} & Sons and was a devoted member of St. "
        f"{rng.choice(('Mary', 'Paul', 'Anne', 'James'))}'s church. {person.split()[0]} is survived by {rng.randint(1, 6)} children and "
        f"{rng.randint(1, 15)} grandchildren. Visitation will be held from {rng.randint(9, 12)} a.m. to {rng.randint(2, 5)} p.m. at the "
        "funeral home, with a service to follow. In lieu of flowers, donations may be made to the charity of your choice. "
        "Condolences may be left online at the website of the funeral home, which is in charge of the arrangements."
    )


def _lawsuit(rng: random.Random) -> str:
    firm = f"{rng.choice(LAST)} {rng.choice(('Pharma', 'Motors', 'Robotics', 'Biotech', 'Media'))}"
    lawyer = f"{rng.choice(('Rosewood', 'Hartmann', 'Levy'))} Law Firm"
    return (
        f"NEW YORK -- {lawyer}, a global investor rights law firm, reminds purchasers of securities of {firm}, Inc. between "
        f"{rng.choice(('January', 'March', 'June'))} {rng.randint(1, 28)}, {rng.randint(2022, 2024)} and "
        f"{rng.choice(('July', 'August', 'October'))} {rng.randint(1, 28)}, 2025 of the important deadline in the securities class "
        f"action. If you purchased {firm} securities during the class period you may be entitled to compensation without payment "
        "of any out of pocket fees or costs through a contingency fee arrangement. A class action lawsuit has already been filed. "
        "If you wish to serve as lead plaintiff, you must move the court no later than the deadline. A lead plaintiff is a "
        "representative party acting on behalf of other class members in directing the litigation.\n"
        f"{lawyer} represents investors throughout the globe, concentrating its practice in securities class actions and "
        "shareholder derivative litigation. The firm has been ranked highly for the number of securities class action "
        "settlements and has recovered hundreds of millions of dollars for investors. According to the lawsuit, defendants made "
        f"false and misleading statements about {firm}'s {rng.choice(('sales', 'trials', 'batteries', 'accounts', 'reserves'))}. When "
        "the true details entered the market, the lawsuit claims that investors suffered damages. No class has been certified. "
        "Until a class is certified, you are not represented by counsel unless you retain one. Attorney advertising. Prior "
        "results do not guarantee a similar outcome."
    )


def _quake(rng: random.Random) -> str:
    return (
        f"A magnitude {rng.uniform(2.5, 7):.1f} earthquake struck {rng.randint(3, 90)} kilometres {rng.choice(('north', 'south'))} of "
        f"{rng.choice(PLACES)} at {rng.randint(0, 23):02}:{rng.randint(0, 59):02} local time, the geological survey said. The quake was "
        f"{rng.randint(4, 120)} km deep. There were no immediate reports of damage or injuries. This report was created automatically "
        "from a notice of the survey and will be updated when more is known."
    )


def _police(rng: random.Random) -> str:
    return (
        f"Police in {rng.choice(PLACES)} are appealing for witnesses after a {rng.randint(16, 85)}-year-old "
        f"{rng.choice(('man', 'woman', 'cyclist', 'driver'))} was hurt in a collision on {rng.choice(LAST)} Road shortly after "
        f"{rng.randint(1, 11)}.{rng.randint(10, 59)}pm on {rng.choice(('Monday', 'Tuesday', 'Friday'))}. The road was closed for "
        f"{rng.randint(1, 6)} hours. Anyone with information or dashcam footage is asked to call 101 and quote reference "
        f"{rng.randint(100, 999)}, or to contact Crimestoppers anonymously on 0800 555 111."
    )


def _boerse(rng: random.Random) -> str:
    firm = rng.choice(LAST)
    return (
        f"Die {firm}-Aktie hat am {rng.choice(('Montag', 'Dienstag', 'Freitag'))} im Handel {rng.choice(('zugelegt', 'nachgegeben'))}. "
        f"Zuletzt notierte das Papier bei {rng.randint(5, 300)},{rng.randint(10, 99)} Euro, das waren {rng.uniform(0.1, 7):.1f} Prozent "
        f"mehr als am Vortag. Das Tageshoch lag bei {rng.randint(5, 300)},{rng.randint(10, 99)} Euro, gehandelt wurden bislang "
        f"{rng.randint(10, 900)}.{rng.randint(100, 999)} Aktien. Experten rechnen für das laufende Jahr mit einem Gewinn von "
        f"{rng.randint(1, 20)},{rng.randint(10, 99)} Euro je Aktie. Am {rng.randint(1, 28)}. Mai legt das Unternehmen seine Bücher für das "
        "abgelaufene Quartal offen. Die Redaktion übernimmt keine Gewähr für die Richtigkeit der Angaben."
    )


def _cn_weather(rng: random.Random) -> str:
    city = rng.choice("北京 上海 广州 成都 武汉 西安 南京 杭州 重庆 天津 青岛 大连".split())
    low = rng.randint(-8, 22)
    return (
        f"据{city}市气象台发布的天气预报，今天白天{rng.choice(('晴', '多云', '小雨', '阴'))}，最高气温{low + rng.randint(5, 12)}摄氏度，"
        f"夜间{rng.choice(('晴', '多云', '阴'))}，最低气温{low}摄氏度，风力{rng.randint(1, 6)}级。空气质量指数为{rng.randint(20, 280)}。"
        "气象专家提醒市民，早晚温差较大，请注意适时增减衣物，外出时请关注最新的天气信息和交通状况，老人和儿童应减少户外活动的时间。"
    )


TEMPLATES: dict[str, Callable[[random.Random], str]] = {
    "weather": _weather, "stock": _stock, "match": _match, "obituary": _obituary, "lawsuit": _lawsuit,
    "quake": _quake, "police": _police, "boerse": _boerse, "cn_weather": _cn_weather,
}  # fmt: skip
