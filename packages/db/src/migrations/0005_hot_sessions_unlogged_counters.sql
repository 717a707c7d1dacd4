DROP INDEX "sessions_expires_at_idx";--> statement-breakpoint
ALTER TABLE "sessions" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "users" SET (fillfactor = 90);--> statement-breakpoint
ALTER TABLE "limits" SET UNLOGGED;--> statement-breakpoint
ALTER TABLE "spent_captchas" SET UNLOGGED;
