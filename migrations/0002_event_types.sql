CREATE TABLE `event_types` (
	`workspace_id` integer NOT NULL,
	`name` text NOT NULL,
	`title` text,
	`description` text,
	`schema` text,
	`sample` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `name`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
