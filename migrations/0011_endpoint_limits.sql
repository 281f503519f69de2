ALTER TABLE `endpoints` ADD `max_concurrency` integer;--> statement-breakpoint
ALTER TABLE `endpoints` ADD `disable_after` text;