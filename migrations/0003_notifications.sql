ALTER TABLE `endpoints` ADD `kind` text DEFAULT 'webhook' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `endpoints_notification` ON `endpoints` (`workspace_id`) WHERE kind = 'notification';--> statement-breakpoint
ALTER TABLE `workspaces` DROP COLUMN `notify_url`;