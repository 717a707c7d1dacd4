-- What postgres-limits-store.ts calls. PostgreSQL keeps the plans of a function, and these settings keep it from planning a
-- scan, which it prefers while the table is small: the table is emptied by the clean-up and grows fast under an attack.
CREATE FUNCTION "peek_limits"(keys text[]) RETURNS SETOF "limits"
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY SELECT * FROM "limits" WHERE key = ANY (keys);
END $$;--> statement-breakpoint
-- Counts a call in every rule and returns 0, or counts nothing and returns the longest wait in seconds. Rows are locked in
-- the order of their keys, so that two calls cannot deadlock. A rule that becomes full while this call waits for its row
-- raises an error, so that PostgreSQL undoes what was counted before.
CREATE FUNCTION "consume_limits"(keys text[], most int[], resets timestamptz[], at timestamptz) RETURNS int
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  full_until timestamptz;
  counted int;
BEGIN
  SELECT max(resets_at) INTO full_until FROM "limits"
  WHERE key = ANY (keys) AND resets_at > at AND count >= most[array_position(keys, key)];
  IF full_until IS NOT NULL THEN
    RETURN ceil(extract(epoch FROM full_until - at));
  END IF;
  INSERT INTO "limits" AS taken (key, count, resets_at)
  SELECT rule.key, 1, rule.resets_at FROM unnest(keys, resets) AS rule (key, resets_at) ORDER BY rule.key
  ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN taken.resets_at > at THEN taken.count + 1 ELSE 1 END,
    resets_at = CASE WHEN taken.resets_at > at THEN taken.resets_at ELSE excluded.resets_at END
  WHERE taken.resets_at <= at OR taken.count < most[array_position(keys, excluded.key)];
  GET DIAGNOSTICS counted = ROW_COUNT;
  IF counted < cardinality(keys) THEN
    RAISE EXCEPTION 'a limit became full' USING ERRCODE = 'ML001';
  END IF;
  RETURN 0;
END $$;--> statement-breakpoint
-- Sets a counter to 0 and returns 0, or returns the rest of its wait in seconds and changes nothing. As an update it sees
-- the result of every earlier call.
CREATE FUNCTION "reset_limit"(name text, at timestamptz) RETURNS int
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  wait int;
BEGIN
  UPDATE "limits" SET
    count = CASE WHEN blocked_until > at THEN count ELSE 0 END,
    resets_at = CASE WHEN blocked_until > at THEN resets_at ELSE at END
  WHERE key = name
  RETURNING ceil(extract(epoch FROM blocked_until - at)) INTO wait;
  RETURN greatest(0, wait);
END $$;
