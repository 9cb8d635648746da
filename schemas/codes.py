"""The code lists of the field as data: each code with a label in our own words.

The codes come from the contract (2.5) where it lists them, else from the Home Office's counting rules, the 18+1
self-defined ethnicity list, the Youth Justice and Criminal Evidence Act 1999 and HMCTS reference data. A list is
open unless it says otherwise: an unknown code is kept as `other` and counted, because agencies' lists change
without telling us.
"""

OTHER = "other"

OFFENCE_GROUPS = {
    "homicide": "Homicide",
    "violence_with_injury": "Violence with injury",
    "violence_without_injury": "Violence without injury",
    "stalking_and_harassment": "Stalking and harassment",
    "death_or_serious_injury_unlawful_driving": "Death or serious injury by unlawful driving",
    "rape": "Rape",
    "other_sexual_offences": "Sexual offences other than rape",
    "robbery_of_business_property": "Robbery of business property",
    "robbery_of_personal_property": "Robbery of personal property",
    "residential_burglary": "Burglary of a home",
    "non_residential_burglary": "Burglary elsewhere",
    "vehicle_offences": "Vehicle offences",
    "theft_from_the_person": "Theft from the person",
    "bicycle_theft": "Bicycle theft",
    "shoplifting": "Shoplifting",
    "other_theft_offences": "Other theft",
    "criminal_damage": "Criminal damage",
    "arson": "Arson",
    "trafficking_of_drugs": "Trafficking of drugs",
    "possession_of_drugs": "Possession of drugs",
    "possession_of_weapons": "Possession of weapons",
    "public_order_offences": "Public order",
    "miscellaneous_crimes_against_society": "Other crimes against society",
    # What sources that know less than a subgroup may send (data.police.uk).
    "violence_and_sexual_offences": "Violence or sexual offence, not said which",
    "robbery": "Robbery, of whom not said",
    "burglary": "Burglary, where not said",
    "other_theft": "Theft, of what not said",
    "drugs": "Drugs",
    "criminal_damage_and_arson": "Criminal damage or arson, not said which",
    "public_order": "Public order or weapons, not said which",
    "other_crime": "Another crime",
    "other": "An offence group not in this list",
}

FLAGS = {
    "domestic_abuse": "Domestic abuse",
    "child_sexual_abuse": "Child sexual abuse",
    "serious_youth_violence": "Serious youth violence",
    "hate_crime": "Hate crime",
    "stalking": "Stalking",
    "honour_based_abuse": "So-called honour-based abuse",
    "modern_slavery": "Modern slavery",
    "knife_crime": "Knife crime",
    "gun_crime": "Gun crime",
    "gang_related": "Gang related",
    "other": "Another flag",
}

RELATIONSHIPS = {
    "current_partner": "Partner now",
    "ex_partner": "Former partner",
    "family": "Family",
    "friend": "Friend",
    "acquaintance": "Acquaintance",
    "stranger": "Stranger",
    "other": "Known in another way",
}

LOCATIONS = {
    "private_residence": "Private home",
    "hotel": "Hotel",
    "licensed_premises": "Licensed premises",
    "street": "Street",
    "transport": "Transport",
    "education": "Place of education",
    "public_place": "Public place",
    "online": "Online",
    "other": "Another place",
}

REPORTING_ROUTES = {
    "emergency_call": "Call to 999",
    "non_emergency_call": "Call to 101",
    "online": "Online form",
    "front_counter": "At a police station",
    "officer": "To an officer",
    "third_party": "Through somebody else",
    "support_service": "Through a support service",
    "other": "Another route",
}

SEXES = {"male": "Male", "female": "Female", "other": "Another", "not_known": "Not known"}

# 18+1: what people say of themselves. The letter gives the group, as the census has it.
ETHNICITIES = {
    "W1": "White: British",
    "W2": "White: Irish",
    "W3": "White: Gypsy or Irish Traveller",
    "W9": "White: another background",
    "M1": "Mixed: White and Black Caribbean",
    "M2": "Mixed: White and Black African",
    "M3": "Mixed: White and Asian",
    "M9": "Mixed: another background",
    "A1": "Asian: Indian",
    "A2": "Asian: Pakistani",
    "A3": "Asian: Bangladeshi",
    "A4": "Asian: Chinese",
    "A9": "Asian: another background",
    "B1": "Black: Caribbean",
    "B2": "Black: African",
    "B9": "Black: another background",
    "O2": "Arab",
    "O9": "Any other ethnic group",
    "NS": "Not stated",
    "other": "A code not in this list",
}

# What an officer saw. Never merged with the list above.
OBSERVED_ETHNICITIES = {
    "white": "White, not said more closely",
    "white_north_european": "White, North European",
    "white_south_european": "White, South European",
    "black": "Black",
    "asian": "Asian",
    "chinese_japanese_or_south_east_asian": "Chinese, Japanese or South East Asian",
    "middle_eastern": "Arab or North African",
    "mixed": "Mixed",
    "other": "Another appearance",
    "unknown": "Not known",
}

VULNERABILITIES = {
    "mental_health": "Mental health",
    "physical_disability": "Physical disability",
    "learning_disability": "Learning disability",
    "other_disability": "Another disability",
    "other": "Another vulnerability",
}

UPDATE_CHANNELS = {
    "phone": "By telephone",
    "in_person": "Face to face",
    "email": "By email",
    "text_message": "By text message",
    "letter": "By letter",
    "portal": "Through an online account",
    "other": "Another way",
}

UPDATE_SUBJECTS = {
    "investigation": "How the investigation goes",
    "arrest": "An arrest",
    "interview": "An interview of the suspect",
    "release": "A release of the suspect",
    "bail": "Bail and its conditions",
    "charge": "The decision on a charge",
    "hearing_date": "A date in court",
    "outcome": "How the case ended",
    "support": "Support that can be had",
    "other": "Something else",
}

MATERIALS = {
    "device": "The victim's telephone or computer",
    "third_party_records": "Records about the victim that others hold",
    "medical_records": "Medical records",
    "counselling_notes": "Notes of counselling",
    "social_services_records": "Records of social services",
    "education_records": "Records of a school or college",
    "forensic_samples": "Forensic samples",
    "other": "Other material",
}

RELEASE_BASES = {
    "bail": "On bail",
    "under_investigation": "Under investigation, without bail",
    "no_further_action": "No further action",
    "other": "On another basis",
}

PROTECTIVE_MEASURES = {
    "dapn": "Domestic abuse protection notice",
    "dapo": "Domestic abuse protection order",
    "dvpn": "Domestic violence protection notice",
    "dvpo": "Domestic violence protection order",
    "spo": "Stalking protection order",
    "srmo": "Sexual risk management order",
    "bail_conditions": "Conditions of bail that protect the victim",
    "non_molestation_order": "Non-molestation order",
    "restraining_order": "Restraining order",
    "other": "Another measure",
}

EVIDENCE = {
    "statement": "Signed statement",
    "body_worn_video": "Body-worn video",
    "email": "Email",
    "phone_record": "Record of a telephone call",
    "text_message": "Text message",
    "letter": "Letter",
    "other": "Another record that can be audited",
}

WITHDRAWAL_REASONS = {
    "fear_of_reprisal": "Afraid of reprisal",
    "pressure_from_suspect": "Under pressure from the suspect",
    "relationship": "Relationship with the suspect",
    "safety_only_wanted": "Wanted safety, not a prosecution",
    "no_justice_outcome_wanted": "Wants no outcome from the justice system",
    "delay": "It takes too long",
    "lack_of_updates": "Was not kept informed",
    "discouraged": "Was discouraged",
    "privacy": "Privacy, requests for private material",
    "health": "Health",
    "fear_of_court": "Afraid of court",
    "trial_moved": "The trial was moved",
    "work_or_family": "Work or family",
    "language": "Language",
    "immigration": "Immigration status",
    "other": "Another reason",
    "not_given": "Gave no reason",
}

PRIORITIES = {"red": "Red: in custody", "green": "Green: not in custody", "green_priority": "Green priority",
              "other": "Another priority"}  # fmt: skip

CHARGING_TESTS = {
    "full_code": "Full Code Test",
    "threshold": "Threshold Test",
    "other": "Another test",
}

CASE_REOPENING_REASONS = {
    "victims_right_to_review": "The victim asked for a review",
    "further_evidence": "There is further evidence",
    "police_appeal": "Police appealed against the decision",
    "administrative": "It was closed by mistake, or only administratively",
    "other": "Another reason",
}

PROSECUTION_REASONS = {
    "victim_retraction": "The victim retracted",
    "victim_non_attendance": "The victim did not attend",
    "victim_evidence": "The victim's evidence did not support the case",
    "evidential": "Evidence",
    "public_interest": "Public interest",
    "other": "Another reason",
}

CONVICTION_BASES = {
    "guilty_plea": "Guilty plea",
    "after_trial": "After a trial",
    "proved_in_absence": "Proved in absence",
    "other": "Another basis",
}

SPECIAL_MEASURES = {
    "s23": "Screens",
    "s24": "Live link",
    "s25": "Evidence in private",
    "s26": "Wigs and gowns off",
    "s27": "Recorded interview as evidence",
    "s28": "Cross-examination recorded before the trial",
    "s29": "Intermediary",
    "s30": "Aids to communication",
    "other": "Another measure",
}

SERVICES = {
    "isva": "Independent sexual violence adviser",
    "idva": "Independent domestic violence adviser",
    "stalking_advocate": "Stalking advocate",
    "victim_support": "General support for victims",
    "childrens_house": "Children's house",
    "care_hub": "Victim care hub",
    "sarc": "Sexual assault referral centre",
    "witness_service": "Witness service at court",
    "counselling": "Counselling",
    "other": "Another service",
}

CONCERNS = {
    "no_update": "Hears nothing",
    "safety": "Is not safe",
    "court_date": "Does not know, or cannot keep, a date in court",
    "special_measures": "Special measures are not settled",
    "property": "Property has not come back",
    "considering_withdrawal": "Thinks of withdrawing",
    "other": "Another concern",
}

LINK_METHODS = {
    "deterministic": "Identifiers agree",
    "probabilistic": "Details agree, with a score",
    "manual": "Somebody looked and decided",
    "other": "Another way",
}

# HMCTS reference data. A trial is TRL or TNW.
HEARING_TYPES = {
    "TRL": "Trial",
    "TNW": "Trial without witnesses",
    "TIS": "Trial of an issue",
    "PTP": "Plea and trial preparation",
    "FPTP": "Further plea and trial preparation",
    "PLY": "Preliminary hearing",
    "PLE": "Plea",
    "PTR": "Pre-trial review",
    "CSE": "Committal for sentence",
    "SEN": "Sentence",
    "DSE": "Deferred sentence",
    "DPR": "Deferred sentence, prosecution released",
    "APN": "Application",
    "BLA": "Application for bail",
    "BVA": "Application to vary bail",
    "BRG": "Application to end bail",
    "EBW": "Execution of a bench warrant",
    "CTA": "Custody time limit",
    "BFA": "Application to break a fixture",
    "MEN": "Mention",
    "MDA": "Mention, defendant to attend",
    "MEF": "Mention and fix",
    "MAP": "Mention, all to attend",
    "JGT": "Judgment",
    "REV": "Review",
    "STE": "Section 28 hearing",
    "GRH": "Ground rules hearing",
    "other": "Another hearing",
}

TRIALS = frozenset({"TRL", "TNW"})
