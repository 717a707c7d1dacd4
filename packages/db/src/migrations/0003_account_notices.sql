CREATE TABLE "account_notices" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"window_ends_at" timestamp (3) with time zone NOT NULL,
	"mailed" integer NOT NULL,
	"held" jsonb
);
--> statement-breakpoint
ALTER TABLE "account_notices" ADD CONSTRAINT "account_notices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_notices_held_idx" ON "account_notices" USING btree ("window_ends_at") WHERE "account_notices"."held" is not null;--> statement-breakpoint
CREATE INDEX "account_notices_ended_idx" ON "account_notices" USING btree ("window_ends_at") WHERE "account_notices"."held" is null;