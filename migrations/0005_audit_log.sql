CREATE TABLE `audit_log` (
	`number` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`workspace_id` integer,
	`action` text NOT NULL,
	`record` text,
	`actor` text NOT NULL,
	`actor_name` text,
	`before` text,
	`after` text,
	`request_id` text,
	`ip` text,
	`country` text,
	`user_agent` text
);
--> statement-breakpoint
CREATE INDEX `audit_log_workspace` ON `audit_log` (`workspace_id`);--> statement-breakpoint
ALTER TABLE `api_tokens` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `api_tokens` ADD `last_used_at` integer;