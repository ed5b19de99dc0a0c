"""Vocabulary: the words of questions, each group with its meaning. Words only; how they combine is elsewhere."""

from __future__ import annotations

import re

from ...model import Aggregate, Operator, TimeUnit
from .words import stem, word_set

ABBREVIATIONS: dict[str, str] = {
    "acc": "account", "acct": "account", "addr": "address", "amt": "amount", "approx": "approximate",
    "apt": "apartment",
    "avg": "average", "bal": "balance", "cat": "category", "cd": "code", "cnt": "count", "co": "company",
    "cust": "customer", "dept": "department", "desc": "description", "dest": "destination", "dist": "distance",
    "div": "division", "dob": "birth", "dur": "duration", "emp": "employee", "enr": "enrollment", "est": "estimate",
    "expect": "expectancy", "fname": "firstname", "lname": "lastname", "freq": "frequency", "govt": "government",
    "hp": "horsepower", "hr": "hour", "hrs": "hours", "ht": "height", "inc": "income", "lang": "language",
    "lat": "latitude", "lon": "longitude", "lng": "longitude", "loc": "location", "manuf": "manufacturer",
    "max": "maximum", "mfr": "manufacturer", "mgr": "manager", "min": "minimum", "mo": "month", "mpg": "mileage",
    "nbr": "number", "no": "number", "num": "number", "ord": "order", "org": "organization", "pct": "percent",
    "perc": "percent", "pop": "population", "pos": "position", "pmt": "payment", "precip": "precipitation",
    "prod": "product", "pub": "publication", "qty": "quantity", "ref": "reference", "reg": "region", "rev": "revenue",
    "sal": "salary", "stu": "student", "temp": "temperature", "tot": "total", "trans": "transaction",
    "univ": "university", "val": "value", "vol": "volume", "wt": "weight", "yr": "year",
}  # fmt: skip
"""Short words of column names → what people say."""

_SYNONYM_GROUPS = """
sex gender
country nation land
salary wage pay earnings income compensation
price cost fare fee charge
sales revenue turnover
profit earnings margin gain
amount quantity
employee worker staff personnel
population inhabitants residents people
car vehicle automobile
movie film
genre category type kind sort class
city town municipality
company firm business enterprise corporation
customer client buyer consumer
product item good article
region area zone territory
date day
temperature heat warmth
rain precipitation rainfall
mileage mpg efficiency economy
acceleration accelerate
weight mass heaviness
length duration
height elevation tallness
beak bill culmen
job occupation profession employment
unemployment joblessness
emission emissions
carbon co2 dioxide
fatality death casualty mortality
birth fertility
lifespan expectancy longevity
gdp income wealth
school college university
rating score stars grade
rank ranking position
student pupil learner
teacher instructor
author writer
owner proprietor
street address
apartment flat
maker manufacturer producer
carrier airline operator
airport airfield
speed velocity
strike collision
electricity power energy
generation production output
donation contribution
king queen monarch ruler
candidate politician
party affiliation
budget spending expenditure outlay
disbursement expenditure
receipt income
count number total
percentage percent pct rate share proportion
latitude lat
longitude lon lng
seat seating capacity
enrollment enrolment enr
start begin beginning
end finish
traffic visit session pageview
visitor guest tourist arrival
ridership rider ride trip rental
attendance crowd spectator
audience viewer viewership
subscriber member membership
crime offence offense
race ethnicity
language tongue
religion faith
supplier vendor provider
shop store branch outlet
order purchase transaction
delay lateness
debt loan
tuition fee
turnout participation
maker brand
doctor physician
patient admission
illness disease diagnosis
match game fixture
club team squad
player athlete
fuel petrol gas
waste garbage trash
house home property dwelling
worth value wealth
ballot vote
runtime duration
gross revenue earnings
review rating
pollution pollutant pm aqi
""".strip().splitlines()

SYNONYMS: dict[str, frozenset[str]] = {}
for _group in _SYNONYM_GROUPS:
    _words = [stem(_word) for _word in _group.split()]
    for _word in _words:
        SYNONYMS[_word] = SYNONYMS.get(_word, frozenset()) | frozenset(_words) - {_word}

ADJECTIVES: dict[str, tuple[str, ...]] = {
    "old": ("age",), "older": ("age",), "oldest": ("age",), "young": ("age",), "younger": ("age",),
    "youngest": ("age",), "tall": ("height",), "taller": ("height",), "tallest": ("height",),
    "heavy": ("weight", "mass"), "heavier": ("weight", "mass"), "heaviest": ("weight", "mass"),
    "light": ("weight",), "lighter": ("weight",), "lightest": ("weight",), "fast": ("speed",), "faster": ("speed",),
    "fastest": ("speed",), "expensive": ("price", "cost"), "cheap": ("price", "cost"), "cheaper": ("price", "cost"),
    "cheapest": ("price", "cost"), "costly": ("cost", "price"), "rich": ("income", "gdp", "wealth"),
    "richest": ("income", "gdp", "wealth"), "poor": ("income", "gdp"), "poorest": ("income", "gdp"),
    "hot": ("temperature",), "hotter": ("temperature",), "hottest": ("temperature",), "cold": ("temperature",),
    "coldest": ("temperature",), "warm": ("temperature",), "warmer": ("temperature",), "warmest": ("temperature",),
    "rainy": ("precipitation", "rain"), "rainiest": ("precipitation", "rain"), "wet": ("precipitation",),
    "wettest": ("precipitation",), "windy": ("wind",), "windiest": ("wind",), "populous": ("population",),
    "profitable": ("profit",), "long": ("length", "duration"), "longer": ("length", "duration"),
    "longest": ("length", "duration"), "short": ("length", "duration", "height"), "big": ("size", "population", "area"),
    "high": ("height",), "deep": ("depth",), "deepest": ("depth",), "wide": ("width",), "far": ("distance",),
}  # fmt: skip
"""Adjectives → words of columns they speak of."""

_VERB_GROUPS = """
sell sells sold selling: sales revenue turnover sold
earn earns earned earning: salary earnings income wage revenue gross
spend spends spent: spending expenditure budget expense cost outlay
pay pays paid paying: salary wage payment price fare
weigh weighs weighed: weight mass
rated rate rates: rating score stars
die died dies dead killed kill: deaths fatalities killed died
born: births birth
rent rents rented renting: rentals rides trips
visit visits visited visiting: visits visitors
attend attends attended: attendance
produce produces produced: production output
consume consumes consumed: consumption
emit emits emitted emitting: emissions co2
invest invested invests: investment
publish published: publication published
graduate graduates graduated graduating: graduation
score scores scored scoring: goals points score
lasts lasted lasting: duration length
lose loses losing lost: loss losses profit lost
win wins won winning: wins won victories medals
owe owes owed: debt
vote voted voting: votes
donate donated donates: donations contributions
borrow borrowed borrowing: loans debt
employ employed employs: employees employment jobs
export exported exporting: exports
import imported importing: imports
"""

VERBS: dict[str, tuple[str, ...]] = {
    _verb: tuple(_nouns.split())
    for _words_, _, _nouns in (_line.partition(":") for _line in _VERB_GROUPS.strip().splitlines())
    for _verb in _words_.split()
}
"""Verbs → words of columns that hold what was done."""

_OUTCOME_GROUPS = """
died death dead fatality deceased
survived survivor survival alive
won win winner
lost loss defeat
cancelled canceled cancellation
delayed delay
returned return
approved approval
rejected rejection
completed completion
""".strip().splitlines()

OUTCOMES: dict[str, frozenset[str]] = {
    stem(_word): frozenset(stem(_other) for _other in _group.split()) - {stem(_word)}
    for _group in _OUTCOME_GROUPS
    for _word in _group.split()
}
"""Values that say how something ended → the nouns and verbs people use for it."""

AGGREGATES: tuple[tuple[str, Aggregate], ...] = (
    ((r"(?:total|whole|overall|exact|sum|combined) (?:number|count|amount)s? of (?:the )?(?:different|distinct|"
     r"unique)"), "distinct"),
    (r"(?:number|count)s? of (?:the )?(?:different|distinct|unique)", "distinct"),
    (r"how many (?:different|distinct|unique)", "distinct"),
    (r"sum ?\(|sum of|(?:the )?sums? of(?: the)?|total sum of|summed|sum up|sum", "sum"),
    (r"avg ?\(|average ?\(|averages? of|the average|averages?|averag|avg|mean of|means?|on average|typical", "mean"),
    (r"median(?: of)?|middle value of", "median"),
    (r"min ?\(|minimum of|minimums?|minimal|lowest|smallest|least|cheapest|min", "min"),
    (r"max ?\(|maximum of|maximums?|maximal|highest|largest|greatest|biggest|max", "max"),
    (r"count ?\(|number ?\(", "count"),
    (r"(?:total|whole|overall|exact) (?:number|count)s?(?: of)?", "count"),
    ((r"(?:numbers?|counts?|amount|frequency|frequencies|quantity|num) of|how many|number|headcounts?|"
     r"count(?:ed|ing|s)?|"
     r"frequency"), "count"),
    (r"how much|in total|total(?:s|ed)?|cumulative|combined|overall|altogether|sum", "sum"),
)  # fmt: skip
"""Patterns tried in this order at each place."""

CHARTS: tuple[tuple[str, str], ...] = (
    (r"stack(?:ed|ing)?(?: (?:bar|column))?s?(?: (?:chart|graph|plot|diagram|grpah)s?)?", "stacked_bar"),
    ((r"(?:group(?:ed|ing)?|cluster(?:ed)?|side[- ]by[- ]side) (?:bar|column)s?(?: (?:chart|graph|plot|"
     r"diagram))?s?"), "grouped_bar"),
    ((r"(?:group(?:ed|ing)?|multi(?:ple)?|multi-series)[- ]?(?:series )?lines?(?: (?:chart|graph|"
     r"plot))?s?"), "multi_line"),
    (r"(?:group(?:ed|ing)?|colou?red) scatter ?(?:chart|plot|graph|diagram)?s?", "color_scatter"),
    (r"bar ?(?:chart|graph|plot|diagram|grpah)s?|bars|column (?:chart|graph|plot)s?|barplot", "bar"),
    (r"pie(?: ?(?:chart|graph|plot|diagram))?s?|donut(?: chart)?|doughnut(?: chart)?", "pie"),
    ((r"(?:trend )?lines? ?(?:chart|graph|plot|diagram)s?|(?:a|trend|as|with|the) line|time ?series(?: (?:chart|"
     r"plot))?"), "line"),
    (r"area (?:chart|graph|plot)s?", "area"),
    (r"scatter(?:ed)? ?-?(?:chart|plot|graph|diagram|gram)?s?|bubble (?:chart|plot)s?|dot plots?", "scatter"),
    (r"histograms?", "histogram"),
    (r"heat ?-?maps?|matrix (?:chart|plot)?", "heatmap"),
    (r"box ?-?(?:and-whiskers? )?(?:plot|chart)?s?(?= plot| chart|\b)|boxplots?|box plots?", "box"),
    (r"(?:choropleth|world|us|geographic(?:al)?)? ?maps?(?: of)?\b", "map"),
    (r"tables?(?= (?:of|with|that|showing|listing)\b)|(?:a|as|in a) table", "table"),
)  # fmt: skip

TIME_UNITS: tuple[tuple[str, TimeUnit], ...] = (
    (r"week ?-?da(?:y|t)s?|day(?:s)? of (?:the )?week|dow", "day_of_week"),
    (r"month(?:s)? of (?:the )?year|calendar months?|seasons?|seasonal(?:ly|ity)?", "month_of_year"),
    (r"hour(?:s)? of (?:the )?day", "hour_of_day"),
    (r"quarter(?:s|ly)?", "quarter"),
    (r"month(?:s|ly)?", "month"),
    (r"week(?:s|ly)?", "week"),
    (r"years?|yearly|annual(?:ly)?", "year"),
    (r"hour(?:s|ly)?", "hour"),
    (r"days?|daily", "day"),
)

TREND = re.compile(
    r"\b(when (?:and|do|does|did|are|is|was|were)|"
    r"over (?:the )?(?:time|years?|months?|decades?|last|past)|trends?|evol\w+|changed?|changes|changing|"
    r"through time|"
    r"histor(?:y|ical)|develop\w*|shift\w*|transition\w*|switch\w*|"
    r"grow(?:n|th|ing|s)?|grew|ris(?:e|en|es|ing)|rose|declin\w+|increas\w+|decreas\w+|fall(?:en|ing|s)?|"
    r"going (?:up|down)|gone (?:up|down)|gett?ing (?:better|worse|\w+er)|timeline|over time|"
    r"across (?:the )?years|throughout the years|year over year|progress(?:ion|ed)?)\b"
)
RELATION = re.compile(
    r"\b(relation(?:ship)?s?|correlat\w+|versus|vs\.?|against|association|depend(?:s|ence|ent)?(?: on)?|affects?|"
    r"relate[sd]?|influences?|impacts?|connection|predict\w*|"
    r"(?:do|does) (?:more|higher|lower|bigger|larger|smaller|older|younger|longer|shorter|heavier|cheaper|better|"
    r"fewer|less)\b[^?.]*)\b"
)
CAUSE = re.compile(
    r"\b(correlat\w+|relation(?:ship)?s?|relate[sd]?|depend(?:s|ent|ence)?|affects?|influences?|impacts?|predict\w*)\b"
)
"""Of RELATION, what asks whether one thing goes with another, not just to see two things beside each other."""
DISTRIBUTION = re.compile(r"\b(distribut\w+|spread|histograms?|range of|varies|vary|variation|skew\w*)\b")
SHARE = re.compile(
    r"\b(shares?|propor?tions?|percentages?|percent|fractions?|ratios?|composition|make-?up|breakdown)\b"
)
PLACE = re.compile(
    r"\b(where|map|geograph\w+|across the (?:world|country|globe|us|nation)|world(?:wide)?|locations?)\b"
)

ASCENDING = re.compile(
    r"\b(asc|ascending|ascend|(?<=in )increasing|increasing(?= (?:order|by|y|x)\b)|"
    r"low(?:est)? to (?:the )?high(?:est)?|"
    r"small(?:est)? to (?:the )?(?:large|big)(?:st|est)?|"
    r"(?:least|fewest) to (?:the )?(?:most|greatest)|a to z|a-z|alphabetical(?:ly)?|alphabetic|"
    r"lexicographical(?:ly)?|"
    r"chronological(?:ly)?|youngest to (?:the )?oldest|earliest to (?:the )?latest|cheapest to (?:the )?\w+|"
    r"bottom to top|inasc)\b"
)
DESCENDING = re.compile(
    r"\b(desc|descending|descend|(?<=in )decreasing|decreasing(?= (?:order|by|y|x)\b)|"
    r"high(?:est)? to (?:the )?low(?:est)?|(?:large|big)(?:st|gest|"
    r"est)? to (?:the )?small(?:est)?|"
    r"(?:most|greatest) to (?:the )?(?:least|fewest)|z to a|z-a|reverse alphabetical|oldest to (?:the )?youngest|"
    r"latest to (?:the )?earliest|newest to (?:the )?oldest|top to bottom|largest first|highest first|indesc)\b"
)

GENERIC_WORDS = frozenset(
    stem(word)
    for word in word_set(
        """
        name code id identifier number num no value type date year of in the per for and a by at to on is key ref total
        description details amount time
        """
    )
)
"""Words of column names that say little alone; other words of the same name count more."""


UNTELLING = word_set(
    """
    colored coloured color colour split divided grouped stacked separated make makes making made get gets got country
    countries money worldwide world
    pattern patterns raised raise hit hits reach reached occur occurs
    compare comparing compared compares tell describe analyze analyse analysis explain cause causes caused driving
    drives drive performing perform performance doing working done main key major minor current status report
    summary summarize insight insights story picture visual visualization visualisation chart graphs plots wise
    level levels kind kinds sort sorts shift shifted switch switched move moved turn turned become became drop
    dropped gain gained lose lost rule ruled live lived play played use used pay paid spend spent earn earned buy
    bought sell sold win won start started end ended increasing decreasing improve improved improving worsen
    decline declined mainly mostly rather quite common typical relate relates matter matters role place places
    part parts thing effect effects impact influence around within without among toward towards against like
    similar same different type types cost-effective really heavier lighter longer shorter older younger bigger
    smaller higher lower taller faster slower hotter colder richer poorer graph plot bar pie line scatter axis
    number count total average avg mean sum minimum maximum order sorted rank group bin interval show highest lowest
    high low top ascending descending over time trend change changed year month week day hour comparison
    relationship distribution share proportion percentage value values across world between what's which whats
    people things interesting know understand explore overview important question answer look looking see since
    until before after during because however trends there good bad better worse best worst please thanks hello
    help want need using most least few several much very grow grown growth rise risen rising fall fallen falling
    increase decrease increased decreased evolve evolved affect affects depend depends vary varies differ differs
    difference differences related correlation correlated biggest largest smallest happen happens happened often
    frequently frequent usually overall general everything anything something amount records record rows row
    columns column entries long short big small old new never ever first last past recent recently latest today
    now per each every any all here come came go went gone make
    """
)


_PLAIN_VERBS = word_set(
    """
    place put bring lead leave take give go come run walk hurt help happen appear seem include exclude involve concern
    belong contribute account generate deliver receive send handle manage operate work do make build create offer
    provide require request consider look search find discover choose pick select prefer love hate enjoy like suffer
    experience face meet serve treat admit register join follow lead travel return arrive depart reach cross stand sit
    stay keep hold carry move change turn open close begin finish complete launch release issue list name call know
    learn teach study read write speak say tell talk ask answer think feel believe expect hope wish try attempt plan
    decide agree differ matter count measure report record collect gather share split divide separate combine add
    remove drop lift push pull hit cause affect drive shape influence predict explain describe show see watch hear
    become get grow rise fall increase decrease improve worsen perform achieve succeed fail beat lose win compete play
    take visit use need want buy purchase pay cost save waste spend earn own rent lend file apply deal cover commit
    range vary concentrate distribute contain represent exist live die survive ride ship sign referee police
    """
)


def _forms(verb: str) -> set[str]:
    bare = verb.removesuffix("e")
    doubled = bare + bare[-1]
    ied = {verb[:-1] + "ied", verb[:-1] + "ies"} if verb.endswith("y") else set()
    return {verb, f"{verb}s", f"{verb}es", f"{bare}ed", f"{bare}ing", f"{doubled}ed", f"{doubled}ing"} | ied


IDLE_VERBS = frozenset(form for verb in _PLAIN_VERBS for form in _forms(verb)) | word_set(
    "went gone took taken gave given brought led left ran made built sent kept held met found chose chosen knew known "
    "taught wrote written spoke spoken said told thought felt began begun became got fell fallen rose risen drove "
    "driven broke broken lost won beat bought paid saved spent dealt"
)
"""Forms of verbs that say what is done, not what the data should have a column of; some are no words at all."""


PEOPLE = word_set(
    "people persons person individuals men women children boys girls adults kids males females victims patients "
    "passengers customers clients voters residents members users headcount"
)
"""Rows may be people whatever the data calls them."""


MEAN = r"(?:the |its |their )?(?:overall )?(?:average|mean|avg|median)(?: (?!of\b)\w+)?"


COMPARISONS: tuple[tuple[str, Operator], ...] = (
    ((r"(?:not|no) (?:more|higher|larger|greater|bigger|older|later) than|at most|up to|(?:less|lower|smaller|"
     r"fewer) than or equal to|<=|maximum of|within"), "<="),
    ((r"(?:not|no) (?:less|lower|smaller|fewer|younger|earlier) than|at least|(?:more|higher|larger|greater|"
     r"bigger) than or equal to|>=|minimum of|from|starting (?:in|from)"), ">="),
    ((r"(?:more|greater|higher|larger|bigger|older|heavier|longer|taller|faster|later|newer|better|hotter|warmer|"
     r"exceeding|further) than|larger|over|above|exceed(?:s|ing)?|beyond|>"), ">"),
    ((r"(?:less|fewer|lower|smaller|younger|lighter|shorter|slower|earlier|worse|cheaper|colder|cooler) than|"
     r"under|below|<"), "<"),
    (r"after|later than", ">"),
    (r"since", ">="),
    (r"before|prior to|earlier than", "<"),
    (r"until|till|through", "<="),
    (r"equals?(?: to)?|equal to|=+|exactly", "="),
)  # fmt: skip
