CREATE TABLE `errands` (
	`number` integer PRIMARY KEY NOT NULL,
	`object` text NOT NULL,
	`name` text NOT NULL,
	`task` text NOT NULL,
	`version` integer NOT NULL,
	`since` integer NOT NULL,
	`due` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `errands_object` ON `errands` (`object`,`name`);--> statement-breakpoint
CREATE INDEX `errands_due` ON `errands` (`due`);