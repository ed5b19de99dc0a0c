"""Words: those that say nothing about a dataset, and those that say the same."""

from __future__ import annotations

_STOP = """
a about above across actual actually affect affected after again against all along also am among an and another any
anybody are around as ask at average away back based be became because become been before being below best better
between big bigger biggest both busiest busy break broken but by came can cannot change changed changes changing chart
charts come compare compared comparing comparison composition correlate correlated correlation could create
dashboard dashboards data dataset datasets decline declined decrease decreased depend depends describe develop
developed development did differ differed difference differences different display distributed distribution do does
doing done down draw drop dropped due during each effect either else ever every everything evolution evolve evolved
explain explore fall fallen fast few find first follow for form found from gave general get give given go gone good
got graph graphs grew grow growing grown growth had happen happened happening happens has have having he help her
here high higher highest him his how however i if impact important in increase increased increases increasing
influence information inside insight insights interesting into is it its itself just keep kind kinds know known
large larger largest last least less let like list long look looking lot lots low lower lowest made main make makes
many map max maximum may me mean means median might min minimum more most much must my near need never new next no
nor not now number numbers of off often on once one only onto open or other others our out outside over overall
overview own part past pattern patterns per perhaps picture please plot possible present produce question quite rank
ranking rather reached really relate related relation relationship relative remain report reveal rise risen rises
rising rose said same saw say see seem seen set several shall share she should show showing shown shows side similar
since small smaller smallest so some somebody something still story strong such sum summarise summarize summary
table take taken tell than that the their them then there these they thing things this those though through thus
time times to today together told too top total toward towards trend trends tried try turn two type types typical
under until up upon us use used using value values varied varies various vary versus very view visualisation
visualise visualization visualize vs want was way ways we well went were what whatever when where whether which
while who whole whom whose why will with within without would year years yes yet you your
"""
STOP = frozenset(_STOP.split())
"""Also words for charts, changes and sums: they say how to show data, not which."""

SYNONYMS: tuple[tuple[str, ...], ...] = (
    (
        "world",
        "global",
        "globe",
        "worldwide",
        "international",
        "countries",
        "country",
        "nations",
        "nation",
        "earth",
        "planet",
    ),
    ("income", "gdp", "earnings", "wages", "salary", "salaries", "wealth", "prosperity", "rich", "poor", "poverty"),
    ("aircraft", "airplane", "airplanes", "plane", "planes", "aeroplane", "jet", "aviation", "air"),
    ("flight", "flights", "route", "routes", "flying"),
    ("animal", "animals", "wildlife", "species", "fauna"),
    ("strike", "strikes", "collision", "collisions", "hit", "crash"),
    ("bird", "birds", "avian"),
    ("job", "jobs", "employment", "employed", "workers", "workforce", "labor", "labour"),
    ("unemployment", "unemployed", "jobless", "joblessness"),
    ("industry", "industries", "sector", "sectors", "supersectors", "branch"),
    ("temperature", "temperatures", "warming", "heat", "warm", "warmer", "hot", "cold"),
    ("climate", "warming"),
    ("carbon", "co2", "dioxide"),
    ("rain", "rainfall", "rainy", "precipitation", "wet"),
    ("electricity", "power", "energy"),
    ("renewable", "renewables", "wind", "solar"),
    ("tax", "taxes", "revenue", "revenues", "receipts", "receipt"),
    ("money", "cash", "dollars", "funds", "funding"),
    ("donation", "donations", "contributions", "contribution", "donor", "donors", "fundraising"),
    ("election", "elections", "electoral", "campaign", "vote", "voting"),
    ("politician", "politicians", "candidate", "candidates"),
    ("king", "kings", "queen", "queens", "monarch", "monarchs", "ruler", "rulers", "royal"),
    ("obese", "obesity", "overweight", "fat", "bmi"),
    ("hurricane", "hurricanes", "storm", "storms", "cyclone"),
    ("population", "inhabitants", "people", "demography", "demographic"),
    ("fertility", "births", "birth", "children", "babies"),
    ("lifespan", "longevity", "lifetime"),
    ("health", "healthy", "disease"),
    ("city", "cities", "town", "towns", "capital", "capitals"),
    ("america", "american", "usa", "states"),
    ("england", "english", "british", "britain", "uk"),
    ("beak", "bill", "culmen"),
    ("weight", "mass", "heavy", "weigh", "weighs"),
    ("cost", "costs", "price", "prices", "expense", "expenses"),
    ("damage", "damages", "damaged"),
    ("spending", "spend", "spent", "disbursements", "expenditure"),
    ("location", "latitude", "longitude", "coordinates", "position"),
)
"""Groups of words that are looked for together. Short: meaning in general is the business of the vectors."""
