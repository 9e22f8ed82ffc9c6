"""Invented words of two splits that share none: what is tuned on ``tune`` is judged on ``held``."""

# ruff: noqa: E501  # sentences in tables

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Split = Literal["tune", "held"]
Place = tuple[str, ...]
"""Spellings of one place; the first is what the text of an ad calls it."""


@dataclass(frozen=True)
class Trade:
    """One field of work.

    :param titles: jobs in it
    :param focus: pairs of words that make two jobs of one title: ``Backend``, ``Frontend``
    :param objects: what people in it look after
    :param skills: what they must know
    """

    titles: tuple[str, ...]
    focus: tuple[tuple[str, str], ...]
    objects: tuple[str, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """All words of one split. Each frame is a tuple of ways to say one thing, with ``{}`` gaps.

    :param companies: name without its line of business, and the legal form
    :param businesses: behind the names: "Castell Medical" and "Castell Rail" are two employers
    """

    trades: tuple[Trade, ...]
    companies: tuple[tuple[str, str], ...]
    businesses: tuple[str, ...]
    places: tuple[Place, ...]
    departments: tuple[str, ...]
    about: tuple[tuple[str, ...], ...]
    duties: tuple[tuple[str, ...], ...]
    needs: tuple[tuple[str, ...], ...]
    offers: tuple[tuple[str, ...], ...]
    team: tuple[str, ...]
    extras: tuple[str, ...]
    """What one board adds to every ad."""


TUNE = Words(
    trades=(
        Trade(
            ("Software Engineer", "Software Developer", "Platform Engineer", "Site Reliability Engineer"),
            (("Backend", "Frontend"), ("Android", "iOS"), ("Payments", "Search")),
            ("the order service", "our billing ledger", "nightly imports", "the customer portal", "our build pipeline", "alerting rules",
             "the message broker", "audit trails", "the search index", "load tests", "our public interface", "feature switches"),
            ("Python", "Go", "PostgreSQL", "Kafka", "Kubernetes", "Terraform", "TypeScript", "gRPC", "Linux networking"),
        ),
        Trade(
            ("Registered Nurse", "Care Assistant", "Physiotherapist", "Ward Clerk"),
            (("Intensive Care", "Maternity"), ("Oncology", "Paediatrics")),
            ("medication rounds", "wound dressings", "the handover book", "admissions", "discharge letters", "vital signs",
             "relatives' questions", "infection checks", "mobility plans", "bed allocation"),
            ("triage", "basic life support", "cannulation", "electronic records", "palliative care", "manual handling", "phlebotomy"),
        ),
        Trade(
            ("Account Manager", "Sales Representative", "Marketing Specialist", "Key Account Executive"),
            (("Inbound", "Outbound"), ("Retail", "Wholesale")),
            ("renewals", "the northern territory", "price lists", "trade fairs", "the partner programme", "quarterly forecasts",
             "customer visits", "the newsletter", "tender documents", "complaints"),
            ("negotiation", "a customer database", "spreadsheets", "cold calling", "contract terms", "campaign tracking", "copywriting"),
        ),
        Trade(
            ("Warehouse Operative", "Forklift Driver", "Shift Supervisor", "Delivery Driver"),
            (("Inbound", "Outbound"), ("Day", "Night")),
            ("incoming pallets", "the cold store", "van loading", "stock counts", "returned parcels", "scanner batteries", "dock schedules",
             "packing benches", "damage reports", "yard traffic"),
            ("a counterbalance licence", "hand scanners", "stock software", "lifting rules", "route planning", "first aid"),
        ),
        Trade(
            ("Data Engineer", "Data Analyst", "Machine Learning Engineer", "Reporting Analyst"),
            (("Risk", "Treasury"), ("Pricing", "Fraud")),
            ("event tables", "the demand forecast", "customer segments", "currency feeds", "regulatory returns", "the feature store",
             "data contracts", "weekly dashboards", "model reviews", "lineage records"),
            ("SQL", "dbt", "Airflow", "Spark", "statistics", "Snowflake", "forecast accuracy", "notebooks"),
        ),
    ),
    companies=(
        ("Harbor & Quill", "GmbH"), ("Blue Lantern", "Ltd"), ("Northfell", "AS"), ("Tinder Box", "Inc."),
        ("Castell", "S.A."), ("Ostrava", "s.r.o."), ("Pine Street", "LLC"), ("Velvet Antler", "AB"),
        ("Marrow Lane", "plc"), ("Quarry Hill", "AG"), ("Sunder", "SE"), ("Kestrel & Finch", "LLP"),
        ("Saltmarsh", "BV"), ("Eleven Bridges", "Corp."),
    ),
    businesses=("Publishing", "Logistics", "Energy", "Foods", "Medical", "Gearworks", "Credit", "Studios", "Clinics", "Telecom", "Rail", "Robotics"),
    places=(
        ("New York", "New York, NY", "NYC", "New York, New York, United States", "New York, NY 10013"),
        ("Munich", "München", "Munich, Bavaria, Germany", "80331 München", "München, Bayern, Deutschland"),
        ("Austin", "Austin, TX", "Austin, Texas, United States", "Austin, TX 78701"),
        ("London", "London, UK", "London, England, United Kingdom", "Greater London, England, United Kingdom"),
        ("Toronto", "Toronto, ON", "Toronto, Ontario, Canada"),
        ("Vienna", "Wien", "Vienna, Austria", "1010 Wien", "Wien, Österreich"),
        ("Lyon", "Lyon, France", "Lyon, Auvergne-Rhône-Alpes, France", "69002 Lyon"),
        ("Zurich", "Zürich", "Zürich, Switzerland", "Zurich, Zurich, Switzerland"),
        ("Seattle", "Seattle, WA", "Seattle, Washington, United States"),
        ("Warsaw", "Warszawa", "Warsaw, Poland", "Warszawa, Polska"),
        ("Copenhagen", "København", "Copenhagen, Denmark", "Copenhagen, Capital Region of Denmark, Denmark"),
        ("Portland", "Portland, OR", "Portland, Oregon, United States"),
    ),
    departments=("Claims", "Onboarding", "Logistics", "Identity", "Fulfilment", "Insights", "Compliance", "Procurement", "Aftercare"),
    about=(
        ("{company} was founded by two friends and is still run by them.", "Two friends started {company}, and they still run it today."),
        ("At {company}, six hundred people work on things that have to be right.", "{company} employs six hundred people, and what they do must be right."),
        ("{company} serves customers in eleven countries from its home in {city}.", "From {city}, {company} looks after customers in eleven countries."),
        ("Since 1987 {company} has been a name that people in {city} trust.", "People in {city} have trusted {company} since 1987."),
    ),
    duties=(
        ("You look after {object} and improve how they are run.", "Taking care of {object}, you make them better over time."),
        ("You are the person to ask about {object}.", "When there is a question about {object}, it comes to you."),
        ("Together with colleagues you plan {object}.", "Planning {object} is something you do with others on the floor."),
        ("You report every week on {object}.", "Once a week your report tells us how {object} are doing."),
        ("Keeping {object} reliable is your first duty.", "Above all else, {object} must stay reliable in your hands."),
        ("You find out why {object} fail and put it right.", "If {object} go wrong, you discover the cause and fix it."),
    ),
    needs=(
        ("You bring solid knowledge of {skill}.", "A sound grasp of {skill} is expected."),
        ("Experience with {skill} helps you from the first day.", "It helps if you have worked with {skill} before."),
        ("We expect that you can explain {skill} to a beginner.", "Explaining {skill} to newcomers comes easily to you."),
        ("You have used {skill} for some years.", "Several years of {skill} lie behind you."),
    ),
    offers=(
        ("We pay for thirty days of leave and a rail pass.", "There are thirty days off, and we cover a rail pass."),
        ("There is a canteen, and a budget for courses.", "You get a budget for courses and lunch in our canteen."),
        ("A pension plan and flexible hours are part of it.", "Flexible hours come with it, and so does a pension plan."),
        ("You start with a mentor who has time for you.", "A mentor with time for you helps you start."),
    ),
    team=("You will join the {department} team.", "The {department} department is looking for support.", "This opening is in our {department} group."),
    extras=("Apply in two minutes with your profile.", "Show more Show less", "Job posting reported as active today."),
)  # fmt: skip

HELD = Words(
    trades=(
        Trade(
            ("Accountant", "Payroll Officer", "Financial Controller", "Tax Adviser"),
            (("Receivable", "Payable"), ("Domestic", "International")),
            ("month-end closing", "supplier invoices", "travel expenses", "the fixed asset register", "bank reconciliations",
             "dunning letters", "VAT filings", "cash forecasts", "intercompany balances", "wage slips"),
            ("IFRS", "local tax law", "DATEV", "pivot tables", "consolidation", "audit preparation", "SAP"),
        ),
        Trade(
            ("Electrician", "Maintenance Technician", "Welder", "Quality Inspector"),
            (("Mechanical", "Electrical"), ("Incoming", "Final")),
            ("conveyor motors", "switch cabinets", "the press line", "hydraulic pumps", "spare parts", "calibration records",
             "safety interlocks", "shutdown plans", "cooling towers", "test benches"),
            ("circuit diagrams", "PLC programming", "TIG welding", "preventive maintenance", "metrology", "hydraulics", "lockout rules"),
        ),
        Trade(
            ("Secondary School Teacher", "Teaching Assistant", "Librarian", "School Secretary"),
            (("Physics", "History"), ("Morning", "Afternoon")),
            ("lesson plans", "parents' evenings", "reading groups", "exam papers", "the school library", "field trips", "timetables",
             "homework clubs", "assemblies", "absence lists"),
            ("classroom management", "safeguarding", "curriculum design", "assessment", "special needs support", "choir leading"),
        ),
        Trade(
            ("Chef de Partie", "Restaurant Manager", "Barista", "Hotel Receptionist"),
            (("Pastry", "Grill"), ("Breakfast", "Dinner")),
            ("the breakfast buffet", "wine orders", "table plans", "hygiene logs", "room keys", "seasonal menus", "banquets",
             "guest complaints", "the espresso bar", "allergen cards"),
            ("HACCP", "menu costing", "a till system", "upselling", "rota planning", "latte art", "reservations software"),
        ),
        Trade(
            ("Product Designer", "Product Manager", "QA Tester", "Technical Writer", "Systems Administrator"),
            (("Mobile", "Desktop"), ("Hardware", "Firmware"), ("Growth", "Retention")),
            ("the design library", "release notes", "regression suites", "user interviews", "device labs", "roadmaps", "support tickets",
             "patch windows", "prototype reviews", "accessibility checks"),
            ("Figma", "exploratory testing", "API documentation", "shell scripting", "roadmapping", "usability studies", "Active Directory"),
        ),
    ),
    companies=(
        ("Amber Tollgate", "Ltd."), ("Brindle Oak", "SAS"), ("Cobalt Meadow", "e.V."), ("Drumlin", "Oy"),
        ("Ferrous & Daughters", "GmbH & Co. KG"), ("Gannet", "A/S"), ("Hollowell Tax", "LLP"), ("Isinglass", "Inc"),
        ("Juniper Vale", "S.p.A."), ("Kilnsey", "PLC"), ("Lodestone", "Pty Ltd"), ("Mistral", "SARL"),
        ("Nettlebed", "Co."), ("Old Foundry", "LLC"),
    ),
    businesses=("Hotels", "Schools", "Instruments", "Shipping", "Partners", "Design", "Water", "Payments", "Works", "Systems", "Kitchens", "Textiles"),
    places=(
        ("San Francisco", "San Francisco, CA", "SF", "San Francisco, California, United States", "San Francisco, CA 94105"),
        ("Cologne", "Köln", "Cologne, North Rhine-Westphalia, Germany", "50667 Köln", "Köln, Deutschland"),
        ("Chicago", "Chicago, IL", "Chicago, Illinois, United States", "Chicago, IL 60601"),
        ("Manchester", "Manchester, UK", "Manchester, England, United Kingdom"),
        ("Vancouver", "Vancouver, BC", "Vancouver, British Columbia, Canada"),
        ("Geneva", "Genève", "Geneva, Switzerland", "Genève, Suisse"),
        ("Milan", "Milano", "Milan, Lombardy, Italy", "Milano, Italia"),
        ("Lisbon", "Lisboa", "Lisbon, Portugal", "Lisboa, Portugal"),
        ("Denver", "Denver, CO", "Denver, Colorado, United States"),
        ("Prague", "Praha", "Prague, Czechia", "Prague, Czech Republic"),
        ("Gothenburg", "Göteborg", "Gothenburg, Sweden", "Göteborg, Sverige"),
        ("Springfield", "Springfield, IL", "Springfield, Illinois, United States"),
    ),
    departments=("Treasury", "Estates", "Admissions", "Catering", "Tooling", "Loyalty", "Archives", "Dispatch", "Legal"),
    about=(
        ("{company} belongs to the people who work there.", "The people who work at {company} own it."),
        ("{company} has grown from a single room in {city} to nine sites.", "Nine sites make up {company} now; it began in one room in {city}."),
        ("Ask around in {city}: everybody knows somebody at {company}.", "In {city} nearly everybody has a friend at {company}."),
        ("For forty years {company} has put care before speed.", "Care before speed has been the way of {company} for forty years."),
    ),
    duties=(
        ("Your days revolve around {object}.", "Most of your time goes into {object}."),
        ("You take over responsibility for {object} after three months.", "Three months in, {object} will be your responsibility."),
        ("With two others you keep {object} up to date.", "Keeping {object} current is shared among three of you."),
        ("You notice early when {object} need attention.", "Before anybody else you see that {object} need attention."),
        ("Guests, colleagues and inspectors rely on your view of {object}.", "Your view of {object} is what colleagues and inspectors rely on."),
        ("You suggest how {object} could be simpler.", "Ideas for simpler {object} are welcome, and they are yours to bring."),
    ),
    needs=(
        ("You are at home in {skill}.", "We want somebody who feels at home in {skill}."),
        ("A certificate in {skill} is a plus.", "It is a plus to hold a certificate in {skill}."),
        ("You learned {skill} on the job or at school.", "Whether at school or on the job, you have learned {skill}."),
        ("Without {skill} this work is hard.", "The work is difficult for anybody without {skill}."),
    ),
    offers=(
        ("Your contract is permanent from the start.", "From the start, the contract is a permanent one."),
        ("We share profits every spring.", "Every spring profits are shared among us."),
        ("You may borrow a cargo bike.", "A cargo bike can be borrowed at any time."),
        ("Two days a month are for learning.", "Learning gets two days in every month."),
    ),
    team=("The vacancy is with our {department} unit.", "You work for the {department} division.", "Our {department} team needs another pair of hands."),
    extras=("Be among the first 25 applicants.", "Report this job", "See who has viewed this ad and save it for later."),
)  # fmt: skip

WORDS: dict[Split, Words] = {"tune": TUNE, "held": HELD}
