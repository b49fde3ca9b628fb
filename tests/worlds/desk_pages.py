"""Pages of a form, daily or by place: the same sentences, other numbers and names; no two are one story."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.worlds.desk_prose import FIRST, LAST, ORGS, PLACES, QUOTES, Piece

Form = Callable[[random.Random], Piece]
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SKY = "sunny|cloudy|overcast with light rain|windy with showers|foggy in the morning|clear and dry".split("|")
_SIGNS = "Aries Taurus Gemini Cancer Leo Virgo Libra Scorpio Sagittarius Capricorn Aquarius Pisces".split()
_FATES = (
    "A letter brings news that you have been waiting for|Take care with money and do not lend any today|"
    "An old friend calls and stirs up memories|Rest is what you need, even if others call it laziness|"
    "Your patience at work pays off before the week is out|Say what you think, but say it kindly|"
    "A small quarrel at home is forgotten by the evening|Someone new takes an interest in your plans"
).split("|")
_CRIMES = (
    "theft from a motor vehicle|a disturbance between neighbours|shoplifting at a supermarket|a suspicious person|"
    "a broken window|a loud party|vandalism at a playground|a minor collision"
).split("|")
_TOPICS = "wisteria|a squeaking floor|a reluctant teenager|blocked drains|an unpaid invoice|a barking dog".split("|")


def _person(rng: random.Random) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def weather(rng: random.Random) -> Piece:
    place, low = rng.choice(PLACES), rng.randint(-5, 18)
    days = rng.sample(_DAYS, 3)
    return Piece(f"Weather for {place}, {days[0]}", (
        f"It will be {rng.choice(_SKY)} in {place} on {days[0]}, with a high of {low + rng.randint(4, 11)} degrees "
        "and a low "
        f"of {low} degrees. Winds will blow from the {rng.choice(('north', 'south-west', 'east'))} at "
        f"{rng.randint(5, 60)} "
        "kilometres an hour, with stronger gusts along the coast and on higher ground.",
        f"The chance of rain is {rng.randint(0, 100)} percent. The sun rises at "
        f"{rng.randint(5, 7)}:{rng.randint(10, 59)} and "
        f"sets at {rng.randint(17, 21)}:{rng.randint(10, 59)}. Humidity will be around {rng.randint(30, 95)} "
        "percent and the "
        f"pollen count will be {rng.choice(('low', 'moderate', 'high'))} for most of the day.",
        f"The outlook for {days[1]} is {rng.choice(_SKY)}, and for {days[2]} it is {rng.choice(_SKY)}. Drivers "
        "should allow "
        "extra time for their journeys and check the latest warnings before they set out.",
    ))  # fmt: skip


def stocks(rng: random.Random) -> Piece:
    up, index = rng.random() < 0.5, rng.randint(5000, 9000)
    one, two, three = rng.sample(ORGS, 3)
    return Piece(f"Shares close {'higher' if up else 'lower'}", (
        f"The main index closed {'up' if up else 'down'} {rng.uniform(0.1, 3):.2f} percent at "
        f"{index}.{rng.randint(10, 99)} "
        f"points on {rng.choice(_DAYS[:5])}, as investors weighed new data on inflation against the outlook for "
        "interest "
        "rates and corporate profits in the months ahead.",
        f"{one} led the gainers with a rise of {rng.uniform(1, 9):.1f} percent, followed by {two}, which added "
        f"{rng.uniform(1, 5):.1f} percent. {three} was the biggest loser and fell by {rng.uniform(1, 9):.1f} percent.",
        f"About {rng.randint(200, 900)} million shares changed hands, compared with a thirty-day average of "
        f"{rng.randint(200, 900)} million. In currency markets the euro bought {rng.uniform(1, 1.2):.4f} dollars, "
        "while "
        f"crude oil for delivery next month traded at {rng.uniform(60, 95):.2f} dollars a barrel.",
    ))  # fmt: skip


def match(rng: random.Random) -> Piece:
    home, away = rng.sample(PLACES, 2)
    a, b = rng.randint(1, 4), rng.randint(0, 3)
    return Piece(f"{home} {a}-{b} {away}", (
        f"{home} beat {away} {a}-{b} at home on {rng.choice(_DAYS)} evening in front of {rng.randint(3, 50)},"
        f"{rng.randint(100, 999)} spectators. {_person(rng)} opened the scoring in the {rng.randint(2, 44)}th "
        "minute with a "
        f"low shot from the edge of the area after a pass from {_person(rng)}.",
        f"The visitors pushed hard after the break but could not find a way through, and {_person(rng)} made sure "
        "of the "
        f"points in the {rng.randint(60, 90)}th minute. “{rng.choice(QUOTES)},” coach {_person(rng)} said.",
        f"The result leaves {home} on {rng.randint(10, 60)} points after {rng.randint(12, 34)} matches. They travel to "
        f"{rng.choice(PLACES)} next week, while {away} are at home to {rng.choice(PLACES)}.",
    ))  # fmt: skip


def lottery(rng: random.Random) -> Piece:
    balls = ", ".join(map(str, sorted(rng.sample(range(1, 50), 6))))
    return Piece(f"Lottery results: {rng.choice(_DAYS)}", (
        f"The winning numbers in {rng.choice(_DAYS)}'s draw of the national lottery were {balls}, and the bonus "
        "ball was "
        f"{rng.randint(1, 49)}. Nobody matched all six numbers, so the jackpot rolls over to an estimated "
        f"{rng.randint(3, 60)} million.",
        f"A total of {rng.randint(2, 90)} players matched five numbers and win {rng.randint(900, 9000)} each. "
        "Prizes must be "
        "claimed within 180 days of the draw. Players must be eighteen or over. Please play responsibly.",
    ))  # fmt: skip


def horoscope(rng: random.Random) -> Piece:
    day = rng.choice(_DAYS)
    signs = tuple(f"{sign}: {rng.choice(_FATES)}. {rng.choice(_FATES)}." for sign in _SIGNS)
    return Piece(f"Your horoscope for {day}", (f"What do the stars hold in store for you this {day}?", *signs))


def obituary(rng: random.Random) -> Piece:
    name, age, place = _person(rng), rng.randint(60, 101), rng.choice(PLACES)
    last = name.split()[1]
    return Piece(f"{name}, {age}", (
        f"{name}, {age}, of {place}, passed away peacefully on {rng.choice(_DAYS)} surrounded by family. Born in "
        f"{rng.choice(PLACES)} to the late {rng.choice(FIRST)} and {rng.choice(FIRST)} {last}, the deceased worked for "
        f"{rng.choice(ORGS)} for {rng.randint(10, 45)} years before retiring.",
        f"Survivors include a daughter, {_person(rng)}; two sons, {rng.choice(FIRST)} and {rng.choice(FIRST)}; and "
        f"{rng.randint(2, 9)} grandchildren. Friends may call at the funeral home from {rng.randint(2, 4)} to "
        f"{rng.randint(5, 8)} p.m. on {rng.choice(_DAYS)}. In lieu of flowers, donations may be made to "
        f"{rng.choice(ORGS)}.",
    ))  # fmt: skip


def police_log(rng: random.Random) -> Piece:
    calls = tuple(
        f"{rng.randint(1, 11)}:{rng.randint(10, 59)} {rng.choice(('a.m.', 'p.m.'))}: Officers were called to the "
        f"{rng.randint(1, 99)}00 block of {rng.choice(LAST)} Street for {rng.choice(_CRIMES)}. "
        + rng.choice(("A report was taken.", "The caller was advised.", "No arrest was made."))
        for _ in range(rng.randint(4, 8))
    )
    head = (
        f"The following calls were logged by the police department of {rng.choice(PLACES)}. All suspects are presumed "
    )
    return Piece("Police log", (head + "innocent until they are proven guilty in a court of law.", *calls))


def earnings(rng: random.Random) -> Piece:
    org = rng.choice(ORGS)
    now, then = rng.uniform(10, 900), rng.uniform(10, 900)
    return Piece(f"{org}: Q{rng.randint(1, 4)} earnings snapshot", (
        f"{org} on {rng.choice(_DAYS[:5])} reported net income of {now:.1f} million in its "
        f"{rng.choice(('first', 'second', 'third', 'fourth'))} quarter.",
        f"The company said it had profit of {rng.randint(5, 250)} cents per share. Earnings, adjusted for one-time "
        "gains "
        f"and costs, came to {rng.randint(5, 250)} cents per share.",
        f"The results {rng.choice(('topped', 'missed', 'met'))} the expectations of analysts. The average estimate of "
        f"{rng.choice(('three', 'four', 'six', 'nine'))} analysts was for earnings of {rng.randint(5, 250)} cents "
        "per share.",
        f"The company posted revenue of {then:.1f} million in the period. Its shares have "
        f"{rng.choice(('risen', 'fallen'))} {rng.randint(2, 40)} percent since the beginning of the year.",
        "This story was generated by Automated Desk using data from a research provider.",
    ))  # fmt: skip


def quake(rng: random.Random) -> Piece:
    size, place = rng.uniform(3, 6), rng.choice(PLACES)
    return Piece(f"Magnitude {size:.1f} quake near {place}", (
        f"A shallow magnitude {size:.1f} earthquake was reported {rng.choice(_DAYS)} morning {rng.randint(2, 40)} "
        "miles from "
        f"{place}, according to the national geological survey. The temblor occurred at {rng.randint(1, 11)}:"
        f"{rng.randint(10, 59)} a.m. at a depth of {rng.uniform(1, 15):.1f} miles.",
        f"According to the survey, the epicenter was {rng.randint(10, 99)} miles from {rng.choice(PLACES)}. In the "
        "past ten "
        f"days, there have been {rng.choice(('no', 'two', 'five'))} earthquakes of magnitude 3.0 or greater "
        "centered nearby. "
        "This information comes from a notification service, and this post was created by an algorithm.",
    ))  # fmt: skip


def legal_notice(rng: random.Random) -> Piece:
    return Piece("Notice of sale", (
        f"Notice is hereby given that, by virtue of a writ of execution issued out of the district court of "
        f"{rng.choice(PLACES)}, in the matter of {rng.choice(ORGS)} against {_person(rng)}, case number "
        f"{rng.randint(1000, 9999)}-{rng.randint(10, 99)}, the undersigned will offer for sale at public auction "
        "to the "
        f"highest bidder for cash the property at {rng.randint(1, 400)} {rng.choice(LAST)} Road, {rng.choice(PLACES)}.",
        "The successful bidder must pay a deposit of ten percent at the time of the sale and the balance within thirty "
        "days. The property is sold as is, without warranty as to its title or condition, and subject to any "
        "unpaid taxes. "
        "The sale may be adjourned from time to time without further notice. Persons who claim an interest in the "
        "surplus "
        "must file a claim within sixty days after the sale.",
        f"Dated this {rng.randint(1, 28)}th day of March. {_person(rng)}, sheriff.",
    ))  # fmt: skip


def house_sale(rng: random.Random) -> Piece:
    street, place = f"{rng.randint(1, 400)} {rng.choice(LAST)} Lane", rng.choice(PLACES)
    return Piece(f"House in {place} sells for {rng.randint(100, 990)},000", (
        f"The spacious property located at {street} in {place} was sold on {rng.choice(_DAYS)}. The purchase price was "
        f"{rng.randint(100, 990)},000. The house, built in {rng.randint(1900, 2020)}, has an interior space of "
        f"{rng.randint(1, 4)},{rng.randint(100, 999)} square feet.",
        "Additional houses have recently been purchased close by: a "
        f"{rng.randint(1, 4)},{rng.randint(100, 999)}-square-foot "
        f"home on {rng.choice(LAST)} Street sold for {rng.randint(100, 990)},000, and a property on "
        f"{rng.choice(LAST)} Avenue "
        f"changed hands for {rng.randint(100, 990)},000.",
    ))  # fmt: skip


def count_day(rng: random.Random) -> Piece:
    place = rng.choice(PLACES)
    return Piece(f"{place} reports new cases", (
        f"Health officials in {place} reported {rng.randint(20, 900)} new cases of the virus on "
        f"{rng.choice(_DAYS)}, which "
        f"brings the total to {rng.randint(10, 99)},{rng.randint(100, 999)} since the outbreak began. Another "
        f"{rng.randint(2, 40)} people have died, and {rng.randint(30, 400)} are being treated in hospital.",
        f"The rate of positive tests stands at {rng.uniform(1, 12):.1f} percent. Officials again asked residents "
        "to wash "
        "their hands, to keep their distance and to stay at home when they feel ill.",
    ))  # fmt: skip


def advice(rng: random.Random) -> Piece:
    from tests.worlds.desk_prose import Cast

    cast, topic = Cast(rng), rng.choice(_TOPICS)
    return Piece(f"Ask Agatha: what to do about {topic}", (
        "Every week our columnist Agatha answers the letters of readers who don't know whom else to ask. Nothing "
        "is too "
        "small or too embarrassing, and all names are changed before anything is printed.",
        f"Dear Agatha: {cast.paragraph(2, 3)} — Puzzled in {rng.choice(PLACES)}",
        f"Dear Puzzled: {cast.paragraph(3, 5)}",
        "Do you have a question for Agatha? Write to her at this newspaper, and give your name and a telephone "
        "number. She "
        "reads every letter but regrets that she can't answer each of them in person.",
    ))  # fmt: skip


FORMS: dict[str, Form] = {
    f.__name__: f
    for f in (
        weather, stocks, match, lottery, horoscope, obituary, police_log, earnings, quake, legal_notice, house_sale,
        count_day, advice,
    )
}  # fmt: skip
