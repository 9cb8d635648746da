"""Which region a court is in, as far as its code says: London's Crown Court centres (HMCTS's organisation units)."""

COURT_REGIONS = dict.fromkeys(
    (
        "central_criminal_court",
        "croydon",
        "harrow",
        "inner_london",
        "isleworth",
        "kingston",
        "snaresbrook",
        "southwark",
        "wood_green",
        "woolwich",
    ),
    "london",
)
