"""Invented people and ads of several trades."""

from __future__ import annotations

from datetime import date
from typing import Any

from rolecall.matching import Job, read_cv
from rolecall.models import Cv

TODAY = date(2026, 11, 1)  # any day: only letters read a person without it, and say no length of time

CVS = {
    "data": """Ada Brook
Data Engineer
ada@brook.example | +49 30 5550 1234 | Berlin, Germany

Skills
Python, SQL, Airflow, dbt, Snowflake, AWS, Docker, Kafka

Experience
Senior Data Engineer, Rye Logistics GmbH    03/2020 – present
- Pipelines in Airflow and dbt on Snowflake for forty depots
Data Engineer, Crumb & Co, Jan 2016 - Feb 2020
- ETL with Python and PostgreSQL

Education
B.Sc. Computer Science, University of Example

Languages: English (C1), German (native)
""",
    "nurse": """# Nia Okoro
Registered Nurse
nia@okoro.example

## Skills
- Patient care, ICU, BLS, ACLS
- Medication administration, wound care, Epic

## Experience
**Registered Nurse - ICU**, Elm Hospital, 2018 – present
- Triage, care planning, ventilator management
**Staff Nurse**, Oak Clinic, 2015 – 2018

## Languages
English, Spanish
""",
    "sales": """Sol Reyes
Sales Manager
sol@reyes.example

SKILLS
B2B sales; account management; Salesforce; negotiation; lead generation; team leadership; sales forecasting

EXPERIENCE
Regional Sales Manager at Bright Widgets Inc
2019 - present
- SaaS sales, quota attainment, a team of eight
Account Executive at Tin Co
2014 - 2019

LANGUAGES
English
""",
}

ADS = {
    "data": """About us
Rosemill bakes for half of Vienna and is a proud Salesforce partner.
Your tasks
- Build data pipelines with Airflow and dbt
- Look after our warehouse on Snowflake
Requirements
- 4+ years of experience as a data engineer
- Strong Python and SQL
- Experience with AWS, Azure or GCP
- Fluent English
Nice to have
- Kafka, Terraform
What we offer
- Free bread and German classes""",
    "nurse": """We are a 300-bed teaching hospital.
Requirements:
- Current RN licence, BLS and ACLS
- 2 years of experience in intensive care
- Medication administration and wound care
Preferred:
- Epic, PALS
Benefits: shift premium""",
    "sales": """Responsibilities
Lead a team of five account executives and own the sales pipeline.
What you bring
- 5+ years of experience in B2B sales
- Account management, negotiation, sales forecasting
- Salesforce or HubSpot
Bonus points
- SaaS""",
    "finance": """Your profile
- Accounting, month-end close, accounts payable, IFRS
- 3 years of experience in accounting
- Excel""",
    "education": """Requirements
- Teaching qualification, lesson planning, classroom management
- Experience as a primary school teacher""",
    "logistics": """You have
- Forklift licence, order picking, warehouse operations
- Able to work shifts""",
    "marketing": """Must have
- SEO, content marketing, Google Analytics, social media
- 3 years of experience in digital marketing""",
}

TITLES = {
    "data": "Data Engineer (m/w/d)",
    "nurse": "Registered Nurse - ICU",
    "sales": "Sales Manager",
    "finance": "Senior Accountant",
    "education": "Primary School Teacher",
    "logistics": "Forklift Operator",
    "marketing": "Digital Marketing Manager",
}


def person(trade: str) -> Cv:
    """One of the invented people."""
    return read_cv(CVS[trade], filename="cv.md" if trade == "nurse" else "cv.txt", today=TODAY)


def ad(trade: str, **changed: Any) -> Job:
    """One of the invented ads."""
    fields: dict[str, Any] = {
        "id": trade,
        "title": TITLES[trade],
        "company": "Rosemill",
        "location": "Vienna, Austria",
        "description": ADS[trade],
        "source": "linkedin",
    }
    return Job.of({**fields, **changed})


def all_ads() -> list[Job]:
    """One ad of every trade."""
    return [ad(trade) for trade in ADS]
