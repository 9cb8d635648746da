-- The index of one build: what each stored event says once corrections are heard, and what leads to what.
CREATE TABLE subject (
    id     uuid PRIMARY KEY,
    scheme text NOT NULL,
    value  text NOT NULL
);

CREATE TABLE fact (
    position     bigint      PRIMARY KEY,
    said_at      bigint      NOT NULL,
    subject      uuid        NOT NULL,
    named_scheme text,
    named        text,
    type         text        NOT NULL,
    source       text        NOT NULL,
    event_id     text        NOT NULL,
    event_key    uuid        NOT NULL,
    occurred_at  timestamptz NOT NULL,
    precise      text        NOT NULL,
    live         boolean     NOT NULL,
    anomaly      text
);

CREATE TABLE correction (
    position  bigint PRIMARY KEY,
    event_key uuid   NOT NULL,
    corrects  uuid   NOT NULL
);

CREATE TABLE statement (
    position    bigint      NOT NULL,
    from_id     uuid        NOT NULL,
    to_id       uuid        NOT NULL,
    kind        text        NOT NULL,
    makes       boolean,
    occurred_at timestamptz NOT NULL,
    source      text        NOT NULL,
    event_id    text        NOT NULL,
    how         jsonb
);

CREATE TABLE edge (
    from_id uuid    NOT NULL,
    to_id   uuid    NOT NULL,
    kind    text    NOT NULL,
    live    boolean NOT NULL,
    how     jsonb,
    PRIMARY KEY (from_id, to_id)
);

CREATE TABLE journey_key (
    journey_id       uuid    PRIMARY KEY,
    crime            uuid    NOT NULL,
    person           uuid    NOT NULL,
    force            text    NOT NULL,
    crime_reference  text    NOT NULL,
    victim_reference text    NOT NULL,
    live             boolean NOT NULL
);

CREATE TABLE wide (
    subject uuid PRIMARY KEY
);

CREATE TABLE unled (
    position bigint PRIMARY KEY
);

CREATE TABLE broken (
    journey_id uuid        PRIMARY KEY,
    error      text        NOT NULL,
    since      timestamptz NOT NULL
);

CREATE TABLE reference (
    journey_id uuid NOT NULL,
    scheme     text NOT NULL,
    value      text NOT NULL,
    method     text NOT NULL,
    since      date,
    until      date,
    score      float8,
    by         text
);

CREATE TABLE court_region (
    court  text PRIMARY KEY,
    region text NOT NULL
);

CREATE TABLE trial_reason (
    outcome        text    NOT NULL,
    code           text    NOT NULL,
    jurisdiction   text    NOT NULL,
    label          text    NOT NULL,
    party          text    NOT NULL,
    victim_related boolean NOT NULL,
    PRIMARY KEY (outcome, code, jurisdiction)
);
