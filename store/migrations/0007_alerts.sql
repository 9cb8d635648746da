-- depends: 0006_analyst

CREATE SCHEMA alerts;
COMMENT ON SCHEMA alerts IS 'Alerts, their life, and what is still to be told of them. For victim-care staff and operators.';

CREATE TABLE alerts.alert (
    alert_id        uuid        PRIMARY KEY,
    rule            text        NOT NULL,
    subject         text        NOT NULL,
    occurrence      text        NOT NULL,
    severity        text        NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
    state           text        NOT NULL CHECK (state IN ('open', 'acknowledged', 'snoozed', 'resolved')),
    stands          boolean     NOT NULL,
    due_at          timestamptz NOT NULL,
    raised_at       timestamptz NOT NULL,
    moved_at        timestamptz NOT NULL,
    steps           integer     NOT NULL,
    repeated        integer     NOT NULL DEFAULT 0,
    reopened        integer     NOT NULL DEFAULT 0,
    acknowledged_at timestamptz,
    acknowledged_by text,
    snoozed_until   timestamptz,
    resolved_at     timestamptz,
    resolved_how    text        CHECK (resolved_how IN ('cause_gone', 'never_was', 'missed', 'by_hand')),
    resolved_by     text,
    reason          text,
    force           text,
    bcu             text,
    court           text,
    digest          boolean     NOT NULL,
    digest_told_at  timestamptz,
    details         jsonb       NOT NULL,
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
);
COMMENT ON TABLE alerts.alert IS 'One row an alert: what somebody must do something about. See docs/alerts.md.';
COMMENT ON COLUMN alerts.alert.alert_id IS 'uuid5 of rule, subject and occurrence.';
COMMENT ON COLUMN alerts.alert.rule IS 'The rule that raised it.';
COMMENT ON COLUMN alerts.alert.subject IS 'What it is about, by agencies'' references.';
COMMENT ON COLUMN alerts.alert.occurrence IS 'What tells it from an earlier one of the same rule and subject; empty where there is only one.';
COMMENT ON COLUMN alerts.alert.severity IS 'low, medium or high: the highest of its members, while it stands.';
COMMENT ON COLUMN alerts.alert.state IS 'open, acknowledged, snoozed or resolved.';
COMMENT ON COLUMN alerts.alert.stands IS 'Whether its cause is still there; one resolved by hand may be resolved while it is.';
COMMENT ON COLUMN alerts.alert.due_at IS 'When it fell due: the earliest of its members, while it stands.';
COMMENT ON COLUMN alerts.alert.raised_at IS 'When it was raised.';
COMMENT ON COLUMN alerts.alert.moved_at IS 'When it took its last step.';
COMMENT ON COLUMN alerts.alert.steps IS 'Steps that it took.';
COMMENT ON COLUMN alerts.alert.repeated IS 'How many times to tell it again, because it stands for twice or four times as long, had come when it was last told.';
COMMENT ON COLUMN alerts.alert.reopened IS 'How often its cause came back after it was resolved.';
COMMENT ON COLUMN alerts.alert.acknowledged_at IS 'When somebody took it up; null once it is told again.';
COMMENT ON COLUMN alerts.alert.acknowledged_by IS 'Who.';
COMMENT ON COLUMN alerts.alert.snoozed_until IS 'Until when it is put off; null unless state is snoozed.';
COMMENT ON COLUMN alerts.alert.resolved_at IS 'When it was resolved; null unless state is resolved.';
COMMENT ON COLUMN alerts.alert.resolved_how IS 'cause_gone, never_was (late evidence shows it), missed (too late to act), by_hand.';
COMMENT ON COLUMN alerts.alert.resolved_by IS 'Who resolved it by hand.';
COMMENT ON COLUMN alerts.alert.reason IS 'Why it was resolved by hand: a code.';
COMMENT ON COLUMN alerts.alert.force IS 'Police force, where its members have the same.';
COMMENT ON COLUMN alerts.alert.bcu IS 'Basic Command Unit, where its members have the same.';
COMMENT ON COLUMN alerts.alert.court IS 'Court, of a rule about hearings.';
COMMENT ON COLUMN alerts.alert.digest IS 'It had fallen due long before it was found, and is told of in a digest.';
COMMENT ON COLUMN alerts.alert.digest_told_at IS 'When the digest was told; null: it is still to come, or there is none.';
COMMENT ON COLUMN alerts.alert.details IS 'References, codes and dates of its cause.';
CREATE INDEX ON alerts.alert (state, rule);
CREATE INDEX ON alerts.alert (snoozed_until) WHERE state = 'snoozed';
CREATE INDEX ON alerts.alert (rule) WHERE digest AND digest_told_at IS NULL;

CREATE TABLE alerts.condition (
    alert_id   uuid        NOT NULL,
    journey_id uuid,
    uvi        text,
    rule       text        NOT NULL,
    subject    text        NOT NULL,
    occurrence text        NOT NULL,
    severity   text        NOT NULL,
    due_at     timestamptz NOT NULL,
    ended_on   date,
    expires_at timestamptz,
    repeats    timestamptz[] NOT NULL,
    force      text,
    bcu        text,
    court      text,
    details    jsonb       NOT NULL,
    stands     boolean     NOT NULL,
    look_at    timestamptz,
    UNIQUE NULLS NOT DISTINCT (alert_id, journey_id)
);
COMMENT ON TABLE alerts.condition IS 'What each journey brings, by its row: what stands or falls due, and what ended after it had. The worker''s own.';
COMMENT ON COLUMN alerts.condition.alert_id IS 'The alert that it raises.';
COMMENT ON COLUMN alerts.condition.journey_id IS 'The journey; null: the condition is of a court.';
COMMENT ON COLUMN alerts.condition.uvi IS 'The journey''s victim.';
COMMENT ON COLUMN alerts.condition.rule IS 'As in alerts.alert, and so are subject, occurrence, severity, force, bcu, court, details.';
COMMENT ON COLUMN alerts.condition.subject IS 'See rule.';
COMMENT ON COLUMN alerts.condition.occurrence IS 'See rule.';
COMMENT ON COLUMN alerts.condition.severity IS 'See rule.';
COMMENT ON COLUMN alerts.condition.due_at IS 'From when on it stands.';
COMMENT ON COLUMN alerts.condition.ended_on IS 'Day on which the facts say that the cause went.';
COMMENT ON COLUMN alerts.condition.expires_at IS 'When the passing of time ends it.';
COMMENT ON COLUMN alerts.condition.repeats IS 'When it is told again, if it stands.';
COMMENT ON COLUMN alerts.condition.force IS 'See rule.';
COMMENT ON COLUMN alerts.condition.bcu IS 'See rule.';
COMMENT ON COLUMN alerts.condition.court IS 'See rule.';
COMMENT ON COLUMN alerts.condition.details IS 'See rule.';
COMMENT ON COLUMN alerts.condition.stands IS 'Whether it stood when the worker last looked.';
COMMENT ON COLUMN alerts.condition.look_at IS 'When the clock next changes something about it: it falls due, expires, is told again.';
CREATE INDEX ON alerts.condition (journey_id);
CREATE INDEX ON alerts.condition (look_at) WHERE look_at IS NOT NULL;

CREATE VIEW alerts.member AS
SELECT alert_id, journey_id, uvi FROM alerts.condition WHERE stands AND journey_id IS NOT NULL;
COMMENT ON VIEW alerts.member IS 'The victims whom an alert concerns now: one alert on a trial names all of them.';
COMMENT ON COLUMN alerts.member.alert_id IS 'The alert.';
COMMENT ON COLUMN alerts.member.journey_id IS 'The journey.';
COMMENT ON COLUMN alerts.member.uvi IS 'Its victim.';

CREATE TABLE alerts.step (
    alert_id uuid        NOT NULL REFERENCES alerts.alert,
    n        integer     NOT NULL,
    at       timestamptz NOT NULL,
    what     text        NOT NULL CHECK (what IN ('raised', 'repeated', 'severity_raised', 'acknowledged', 'snoozed', 'woken', 'resolved', 'reopened')),
    who      text,
    reason   text,
    severity text        NOT NULL,
    PRIMARY KEY (alert_id, n)
);
COMMENT ON TABLE alerts.step IS 'Every step of the life of every alert.';
COMMENT ON COLUMN alerts.step.alert_id IS 'The alert.';
COMMENT ON COLUMN alerts.step.n IS 'Its number in the life of the alert, from 1.';
COMMENT ON COLUMN alerts.step.at IS 'When.';
COMMENT ON COLUMN alerts.step.what IS 'raised, repeated, severity_raised, acknowledged, snoozed, woken (a snooze ended), resolved, reopened.';
COMMENT ON COLUMN alerts.step.who IS 'Who did it; null: the tracker.';
COMMENT ON COLUMN alerts.step.reason IS 'A code: of a resolution by the tracker how, of one by hand why; of a snooze until when.';
COMMENT ON COLUMN alerts.step.severity IS 'The severity after it.';

CREATE TABLE alerts.endpoint (
    endpoint text PRIMARY KEY,
    gone_at  timestamptz
);
COMMENT ON TABLE alerts.endpoint IS 'Whom every step is told by webhook. The worker writes it, by VJT_WEBHOOKS.';
COMMENT ON COLUMN alerts.endpoint.endpoint IS 'Scheme, host and port of its URL, and the start of the SHA-256 of all of it, since the rest may be a secret.';
COMMENT ON COLUMN alerts.endpoint.gone_at IS 'When it answered 410: from then on nothing is put out for it, until something is replayed to it.';

CREATE TABLE alerts.delivery (
    delivery_id bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    endpoint    text        NOT NULL,
    subject     text        NOT NULL,
    event_id    text        NOT NULL,
    body        bytea       NOT NULL,
    put_at      timestamptz NOT NULL,
    next_at     timestamptz,
    first_at    timestamptz,
    attempts    integer     NOT NULL DEFAULT 0,
    status      integer,
    error       text,
    UNIQUE (endpoint, event_id)
);
COMMENT ON TABLE alerts.delivery IS 'What is still to be told by webhook. A row goes when its endpoint has taken it. The worker''s own; vjt alerts undelivered shows it.';
COMMENT ON COLUMN alerts.delivery.delivery_id IS 'Its number.';
COMMENT ON COLUMN alerts.delivery.endpoint IS 'As in alerts.endpoint.';
COMMENT ON COLUMN alerts.delivery.subject IS 'The alert, or the digest: what is told of one keeps its order.';
COMMENT ON COLUMN alerts.delivery.event_id IS 'The event''s id, and webhook-id: <alert_id>/<n>.';
COMMENT ON COLUMN alerts.delivery.body IS 'The event as a structured CloudEvent.';
COMMENT ON COLUMN alerts.delivery.put_at IS 'When it was put out.';
COMMENT ON COLUMN alerts.delivery.next_at IS 'When it is tried next; null: it is given up, unless somebody replays it.';
COMMENT ON COLUMN alerts.delivery.first_at IS 'When it was tried first, since it was put out or replayed.';
COMMENT ON COLUMN alerts.delivery.attempts IS 'How often it was tried since then.';
COMMENT ON COLUMN alerts.delivery.status IS 'HTTP status of the last answer; null: there was none.';
COMMENT ON COLUMN alerts.delivery.error IS 'Why there was none: the kind of error.';
CREATE INDEX ON alerts.delivery (endpoint, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ON alerts.delivery (endpoint, subject, delivery_id) WHERE next_at IS NOT NULL;

CREATE TABLE alerts.seen (
    journey_id uuid   PRIMARY KEY,
    hash       bigint,
    error      text
);
COMMENT ON TABLE alerts.seen IS 'Which version of each journey''s row its conditions are of. The worker''s own.';
COMMENT ON COLUMN alerts.seen.journey_id IS 'The journey.';
COMMENT ON COLUMN alerts.seen.error IS 'Why the rules failed on it: a defect of the program. Its alerts are as they were.';
COMMENT ON COLUMN alerts.seen.hash IS 'Of what the rules read of its row; null: to be looked at again.';

CREATE TABLE alerts.worker (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    rules    bytea,
    build    integer,
    position bigint,
    courts   date,
    level_at timestamptz
);
COMMENT ON TABLE alerts.worker IS 'Where the worker is. One row.';
COMMENT ON COLUMN alerts.worker.only_row IS 'Always true.';
COMMENT ON COLUMN alerts.worker.rules IS 'Digest of the rules that made alerts.condition; others: all journeys are looked at again.';
COMMENT ON COLUMN alerts.worker.build IS 'The live build in which it last compared every journey''s row with alerts.seen.';
COMMENT ON COLUMN alerts.worker.position IS 'Up to where in the log that build was then.';
COMMENT ON COLUMN alerts.worker.courts IS 'The London day for which the conditions of courts were last found.';
COMMENT ON COLUMN alerts.worker.level_at IS 'When it last found that every alert that should stand does.';
INSERT INTO alerts.worker DEFAULT VALUES;
