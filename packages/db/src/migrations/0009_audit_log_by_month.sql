-- Written by hand: Drizzle cannot express partitions. `audit_log` becomes a table partitioned by month; the rows written
-- until now stay where they are, in a partition that ends with the current month. The clean-up task creates a partition for
-- each later month, and the default partition takes rows for which none exists, so that an insert never fails.
ALTER TABLE "audit_log" RENAME TO "audit_log_legacy";--> statement-breakpoint
ALTER INDEX "audit_log_user_idx" RENAME TO "audit_log_legacy_user_idx";--> statement-breakpoint
ALTER INDEX "audit_log_at_idx" RENAME TO "audit_log_legacy_at_idx";--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"event" text NOT NULL,
	"user_id" uuid,
	"ip" text,
	"user_agent" text,
	"request_id" text,
	"details" jsonb
) PARTITION BY RANGE ("at");--> statement-breakpoint
CREATE INDEX "audit_log_user_idx" ON "audit_log" USING btree ("user_id","at");--> statement-breakpoint
DO $$ BEGIN
	EXECUTE format(
		'ALTER TABLE audit_log ATTACH PARTITION audit_log_legacy FOR VALUES FROM (MINVALUE) TO (%L)',
		(date_trunc('month', greatest(now(), (SELECT max(at) FROM audit_log_legacy)) AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC'
	);
END $$;--> statement-breakpoint
CREATE TABLE "audit_log_default" PARTITION OF "audit_log" DEFAULT;--> statement-breakpoint
CREATE INDEX "audit_log_default_at_idx" ON "audit_log_default" USING btree ("at");--> statement-breakpoint
-- The clean-up of the release before finds expired rows by `ctid` alone, which is unique in one partition only: it would also
-- remove rows of other partitions. Its statement, and no other, removes nothing. A later release drops this trigger.
CREATE FUNCTION "keep_audit_log_of_other_partitions"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF current_query() LIKE 'delete from "audit_log" where ctid%' THEN RETURN NULL; END IF;
	RETURN OLD;
END $$;--> statement-breakpoint
CREATE TRIGGER "keep_audit_log_of_other_partitions" BEFORE DELETE ON "audit_log" FOR EACH ROW EXECUTE FUNCTION "keep_audit_log_of_other_partitions"();
