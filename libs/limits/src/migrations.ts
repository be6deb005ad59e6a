import type { Migration } from '#millwright/event-sourcing';

/** What was counted lately. Frozen: a change is a new migration after these. */
export const limitMigrations: readonly Migration[] = [
  {
    name: '0001-call-windows',
    sql: `
CREATE TABLE app.call_windows (
  -- whose calls are counted together: a user, a client, a key of nobody, an address
  subject text PRIMARY KEY,
  -- the sum of what stands in app.counted_calls
  used bigint NOT NULL DEFAULT 0,
  -- from when on nothing counts any more
  idle_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);
COMMENT ON TABLE app.call_windows IS 'Who has called lately; locked by whoever decides whether a call is taken.';

CREATE TABLE app.counted_calls (
  subject text NOT NULL,
  accepted_at timestamptz NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  weight integer NOT NULL,
  PRIMARY KEY (subject, accepted_at, id)
);
COMMENT ON TABLE app.counted_calls IS 'The calls that were taken and may still count; older rows go with the next call of the same subject, or when it has been quiet.';

-- When the oldest calls that weigh so much together were taken.
CREATE FUNCTION app.counted_until(of_subject text, heavy bigint) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT accepted_at FROM (
    SELECT accepted_at, sum(weight) OVER (ORDER BY accepted_at, id ROWS UNBOUNDED PRECEDING) AS weighs
    FROM app.counted_calls WHERE subject = of_subject
  ) AS calls
  WHERE weighs >= heavy ORDER BY weighs LIMIT 1
$$;

-- Decides about calls, one subject after another in the order of their names, so that no two of us wait for each other; those of a subject in their order.
-- A call of weight 0 only looks. One that is asked in place of another has that taken back first, be it taken or not.
-- at_instant stands in place of the clock, where time is to be tried.
CREATE FUNCTION app.count_calls(calls jsonb, at_instant timestamptz DEFAULT NULL)
RETURNS TABLE (place integer, accepted boolean, id text, used float8, at float8, oldest_leaves_at float8, one_more_at float8, wait float8)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  asked record;
  counted bigint;
  gone bigint;
  moment timestamptz;
  since timestamptz;
  call_id bigint;
  oldest timestamptz;
BEGIN
  FOR asked IN
    SELECT * FROM jsonb_to_recordset(calls) AS c(place integer, subject text, weight integer, requests bigint, seconds float8, instead_of bigint)
    ORDER BY c.subject, c.place
  LOOP
    LOOP
      SELECT w.used INTO counted FROM app.call_windows AS w WHERE w.subject = asked.subject FOR UPDATE;
      EXIT WHEN FOUND;
      INSERT INTO app.call_windows (subject) VALUES (asked.subject) ON CONFLICT DO NOTHING;
    END LOOP;
    moment := coalesce(at_instant, clock_timestamp());
    -- A call that was taken at t counts in [t, t + window).
    since := moment - make_interval(secs => asked.seconds);
    WITH left_now AS (DELETE FROM app.counted_calls AS c WHERE c.subject = asked.subject AND c.accepted_at <= since RETURNING c.weight)
      SELECT coalesce(sum(weight), 0) INTO gone FROM left_now;
    counted := counted - gone;
    IF asked.instead_of IS NOT NULL THEN
      WITH taken_back AS (DELETE FROM app.counted_calls AS c WHERE c.subject = asked.subject AND c.id = asked.instead_of RETURNING c.weight)
        SELECT coalesce(sum(weight), 0) INTO gone FROM taken_back;
      counted := counted - gone;
    END IF;
    call_id := NULL;
    wait := NULL;
    accepted := counted + asked.weight <= asked.requests;
    IF accepted AND asked.weight > 0 THEN
      INSERT INTO app.counted_calls (subject, accepted_at, weight) VALUES (asked.subject, moment, asked.weight) RETURNING counted_calls.id INTO call_id;
      counted := counted + asked.weight;
    ELSIF NOT accepted THEN
      wait := extract(epoch FROM app.counted_until(asked.subject, counted + asked.weight - asked.requests) - since);
    END IF;
    SELECT min(c.accepted_at) INTO oldest FROM app.counted_calls AS c WHERE c.subject = asked.subject;
    UPDATE app.call_windows AS w
      SET used = counted, idle_at = CASE WHEN call_id IS NULL THEN w.idle_at ELSE moment + make_interval(secs => asked.seconds) END
      WHERE w.subject = asked.subject AND (call_id IS NOT NULL OR w.used <> counted);
    place := asked.place;
    id := call_id::text;
    used := counted;
    at := extract(epoch FROM moment);
    oldest_leaves_at := extract(epoch FROM oldest + make_interval(secs => asked.seconds));
    one_more_at := CASE WHEN counted >= asked.requests
      THEN extract(epoch FROM app.counted_until(asked.subject, counted + 1 - asked.requests) + make_interval(secs => asked.seconds)) END;
    RETURN NEXT;
  END LOOP;
END
$$;
`,
  },
];
