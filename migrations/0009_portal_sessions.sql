CREATE TABLE `portal_sessions` (
	`hash` text PRIMARY KEY NOT NULL,
	`workspace_id` integer,
	`token_id` text,
	`link_id` text,
	`admin_mark` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`token_id`) REFERENCES `api_tokens`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`link_id`) REFERENCES `portal_links`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `portal_sessions_expires` ON `portal_sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `portal_sessions_workspace` ON `portal_sessions` (`workspace_id`) WHERE workspace_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `portal_sessions_token` ON `portal_sessions` (`token_id`) WHERE token_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `portal_sessions_link` ON `portal_sessions` (`link_id`) WHERE link_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `portal_sessions_admin` ON `portal_sessions` (`admin_mark`) WHERE admin_mark IS NOT NULL;--> statement-breakpoint
ALTER TABLE `portal_links` ADD `token_id` text;--> statement-breakpoint
CREATE INDEX `portal_links_token` ON `portal_links` (`token_id`) WHERE token_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `api_tokens_expires` ON `api_tokens` (`expires_at`) WHERE expires_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `endpoint_secrets_expires` ON `endpoint_secrets` (`expires_at`) WHERE expires_at IS NOT NULL;