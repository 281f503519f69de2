import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<Chosen extends Options> = ReturnType<typeof parseArgs<{ options: Chosen }>>["values"];

/** Ends a command that was called wrongly: says why and how it is called, and exits with 2. */
export function misused(usage: string, problem: string): never {
  console.error(`${problem}\n${usage}`);
  process.exit(2);
}

/**
 * What a command was called with. Ends it with 0 where it was asked for help (`--help`, `-h`), and as {@link misused} where there
 * is something that it does not know.
 */
export function commandLine<const Chosen extends Options>(usage: string, options: Chosen): Values<Chosen> {
  try {
    const values: object = parseArgs({ options: { ...options, help: { type: "boolean", short: "h" } } }).values;
    if (!("help" in values)) return values as Values<Chosen>;
  } catch (error) {
    misused(usage, error instanceof Error ? error.message : String(error));
  }
  console.log(usage);
  process.exit(0);
}
