"""Where things happen: London's command units, forces, CPS areas, courts. Codes in events need not be listed here."""

from typing import NamedTuple

BCUS = {
    "central_east": "Central East (Hackney, Tower Hamlets)",
    "central_north": "Central North (Camden, Islington)",
    "central_south": "Central South (Lambeth, Southwark)",
    "central_west": "Central West (Hammersmith and Fulham, Kensington and Chelsea, Westminster)",
    "east_area": "East Area (Barking and Dagenham, Havering, Redbridge)",
    "north_area": "North Area (Enfield, Haringey)",
    "north_east": "North East (Newham, Waltham Forest)",
    "north_west": "North West (Barnet, Brent, Harrow)",
    "south_area": "South Area (Bromley, Croydon, Sutton)",
    "south_east": "South East (Bexley, Greenwich, Lewisham)",
    "south_west": "South West (Kingston, Merton, Richmond, Wandsworth)",
    "west_area": "West Area (Ealing, Hillingdon, Hounslow)",
}
"""Command units of the Metropolitan Police. Other forces send codes of their own."""

CPS_AREAS = {
    "cymru_wales": "Cymru-Wales",
    "east_midlands": "East Midlands",
    "east_of_england": "East of England",
    "london": "London, North or South not said",
    "london_north": "London North",
    "london_south": "London South",
    "mersey_cheshire": "Mersey-Cheshire",
    "north_east": "North East",
    "north_west": "North West",
    "south_east": "South East",
    "south_west": "South West",
    "thames_and_chiltern": "Thames and Chiltern",
    "wessex": "Wessex",
    "west_midlands": "West Midlands",
    "yorkshire_and_humberside": "Yorkshire and Humberside",
}


class PoliceForce(NamedTuple):
    """`numbers`: how a URN or a force code begins. `cps_area`: who prosecutes for it; None where that varies."""

    label: str
    numbers: tuple[str, ...]
    cps_area: str | None


FORCES = {
    "met": PoliceForce("Metropolitan Police", ("01", "02"), "london"),
    "city-of-london": PoliceForce("City of London Police", ("48",), "london"),
    "btp": PoliceForce("British Transport Police", ("93",), None),
    "avon-and-somerset": PoliceForce("Avon and Somerset", ("52",), "south_west"),
    "bedfordshire": PoliceForce("Bedfordshire", ("40",), "thames_and_chiltern"),
    "cambridgeshire": PoliceForce("Cambridgeshire", ("35",), "east_of_england"),
    "cheshire": PoliceForce("Cheshire", ("07",), "mersey_cheshire"),
    "cleveland": PoliceForce("Cleveland", ("17",), "north_east"),
    "cumbria": PoliceForce("Cumbria", ("03",), "north_west"),
    "derbyshire": PoliceForce("Derbyshire", ("30",), "east_midlands"),
    "devon-and-cornwall": PoliceForce("Devon and Cornwall", ("50",), "south_west"),
    "dorset": PoliceForce("Dorset", ("55",), "wessex"),
    "durham": PoliceForce("Durham", ("11",), "north_east"),
    "dyfed-powys": PoliceForce("Dyfed-Powys", ("63",), "cymru_wales"),
    "essex": PoliceForce("Essex", ("42",), "east_of_england"),
    "gloucestershire": PoliceForce("Gloucestershire", ("53",), "south_west"),
    "greater-manchester": PoliceForce("Greater Manchester", ("06",), "north_west"),
    "gwent": PoliceForce("Gwent", ("61",), "cymru_wales"),
    "hampshire": PoliceForce("Hampshire and Isle of Wight", ("44",), "wessex"),
    "hertfordshire": PoliceForce("Hertfordshire", ("41",), "thames_and_chiltern"),
    "humberside": PoliceForce("Humberside", ("16",), "yorkshire_and_humberside"),
    "kent": PoliceForce("Kent", ("46",), "south_east"),
    "lancashire": PoliceForce("Lancashire", ("04",), "north_west"),
    "leicestershire": PoliceForce("Leicestershire", ("33",), "east_midlands"),
    "lincolnshire": PoliceForce("Lincolnshire", ("32",), "east_midlands"),
    "merseyside": PoliceForce("Merseyside", ("05",), "mersey_cheshire"),
    "norfolk": PoliceForce("Norfolk", ("36",), "east_of_england"),
    "north-wales": PoliceForce("North Wales", ("60",), "cymru_wales"),
    "north-yorkshire": PoliceForce("North Yorkshire", ("12",), "yorkshire_and_humberside"),
    "northamptonshire": PoliceForce("Northamptonshire", ("34",), "east_midlands"),
    "northumbria": PoliceForce("Northumbria", ("10",), "north_east"),
    "nottinghamshire": PoliceForce("Nottinghamshire", ("31",), "east_midlands"),
    "south-wales": PoliceForce("South Wales", ("62",), "cymru_wales"),
    "south-yorkshire": PoliceForce("South Yorkshire", ("14",), "yorkshire_and_humberside"),
    "staffordshire": PoliceForce("Staffordshire", ("21",), "west_midlands"),
    "suffolk": PoliceForce("Suffolk", ("37",), "east_of_england"),
    "surrey": PoliceForce("Surrey", ("45",), "south_east"),
    "sussex": PoliceForce("Sussex", ("47",), "south_east"),
    "thames-valley": PoliceForce("Thames Valley", ("43",), "thames_and_chiltern"),
    "warwickshire": PoliceForce("Warwickshire", ("23",), "west_midlands"),
    "west-mercia": PoliceForce("West Mercia", ("22",), "west_midlands"),
    "west-midlands": PoliceForce("West Midlands", ("20",), "west_midlands"),
    "west-yorkshire": PoliceForce("West Yorkshire", ("13",), "yorkshire_and_humberside"),
    "wiltshire": PoliceForce("Wiltshire", ("54",), "wessex"),
}

REGIONS = {
    "london": "London",
    "midlands": "Midlands",
    "north_east": "North East",
    "north_west": "North West",
    "south_east": "South East",
    "south_west": "South West",
    "wales": "Wales",
}

_CROWN_COURTS = {
    "london": (
        *("Central Criminal Court", "Croydon", "Harrow", "Inner London", "Isleworth", "Kingston"),
        *("Snaresbrook", "Southwark", "Wood Green", "Woolwich"),
    ),
    "midlands": (
        *("Birmingham", "Derby", "Leicester", "Lincoln", "Northampton", "Nottingham", "Shrewsbury", "Stafford"),
        *("Stoke on Trent", "Warwick", "Wolverhampton", "Worcester"),
    ),
    "north_east": (
        *("Bradford", "Durham", "Great Grimsby", "Kingston upon Hull", "Leeds", "Newcastle upon Tyne", "Sheffield"),
        *("Teesside", "York"),
    ),
    "north_west": (
        *("Bolton", "Carlisle", "Chester", "Liverpool", "Manchester Crown Square", "Manchester Minshull Street"),
        "Preston",
    ),
    "south_east": (
        *("Aylesbury", "Basildon", "Cambridge", "Canterbury", "Chelmsford", "Guildford", "Ipswich", "Lewes", "Luton"),
        *("Maidstone", "Norwich", "Oxford", "Reading", "St Albans"),
    ),
    "south_west": (
        *("Bournemouth", "Bristol", "Dorchester", "Exeter", "Gloucester", "Newport Isle of Wight", "Plymouth"),
        *("Portsmouth", "Salisbury", "Southampton", "Swindon", "Taunton", "Truro", "Winchester"),
    ),
    "wales": ("Cardiff", "Mold", "Swansea"),
}


class Court(NamedTuple):
    """A Crown Court centre and the region (a code of `REGIONS`) in which the Ministry of Justice counts it."""

    label: str
    region: str


COURTS = {
    name.lower().replace(" ", "_"): Court(name, region) for region, names in _CROWN_COURTS.items() for name in names
}
