ALTER TABLE `endpoints` ADD `survey` text;--> statement-breakpoint
CREATE INDEX `endpoints_survey` ON `endpoints` (`workspace_id`,`survey`) WHERE survey IS NOT NULL;