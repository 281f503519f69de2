import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Looks for secrets in everything that a service has left behind. */

/** Something to search: a file, a table, a log. */
export interface Haystack {
  where: string;
  bytes: Buffer;
}

const databases = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sqlite"))
    .map((path) => join(dir, path));

/** Opens each database of a state folder: D1's, and each Durable Object's. The service must not run. */
export function eachDatabase(dir: string, look: (database: DatabaseSync, path: string) => void): void {
  for (const path of databases(dir)) {
    const database = new DatabaseSync(path);
    try {
      look(database, relative(dir, path));
    } finally {
      database.close();
    }
  }
}

/** The database that has a table, and nothing of those that do not. */
export function databaseWith(dir: string, table: string): string {
  const found: string[] = [];
  eachDatabase(dir, (database, path) => {
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table)) found.push(join(dir, path));
  });
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) throw new Error(`${found.length} databases have a table ${table}`);
  return only;
}

function tablesOf(database: DatabaseSync): string[] {
  const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  return rows.map(({ name }) => String(name));
}

const bytesOf = (value: unknown): Buffer =>
  value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));

/** Every row of every table, of a copy: to read may write, and the files are to be searched as they were left. */
function rowsOf(dir: string): Haystack[] {
  const copy = mkdtempSync(join(tmpdir(), "posthorn-dump-"));
  const dumped: Haystack[] = [];
  try {
    cpSync(dir, copy, { recursive: true });
    eachDatabase(copy, (database, path) => {
      for (const table of tablesOf(database)) {
        const query = database.prepare(`SELECT * FROM "${table}"`);
        query.setReadBigInts(true);
        const rows = query.all();
        const bytes = rows.flatMap((row) => [...Object.values(row).map(bytesOf), Buffer.from("\n")]);
        dumped.push({ where: `${path}: ${table}`, bytes: Buffer.concat(bytes) });
      }
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return dumped;
}

/**
 * All that a stopped service keeps: its files byte by byte, with what was deleted and not yet written over, and the rows
 * as such, which in the files may lie in pieces.
 */
export function dump(dir: string): Haystack[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return [...files.map((path) => ({ where: relative(dir, path), bytes: readFileSync(path) })), ...rowsOf(dir)];
}

/** The characters of a text in base64 that are the same wherever in a longer text it stands: three ways. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    // Of six bits each; those at the ends hold bits of what stands beside it, too.
    return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
}

function percent(text: string): string[] {
  const encoded = encodeURIComponent(text);
  return [encoded, encoded.replace(/%../g, (each) => each.toLowerCase()), encoded.replaceAll("%20", "+")];
}

/** As PHP and Go write a text in JSON, beside how everybody does. */
function inJson(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ofGo = json.replace(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
  return [json, json.replaceAll("/", "\\/"), ofGo];
}

/** Every other character escaped: by the rules of URLs, of JSON, of HTML, and by all of them in turn. */
function hereAndThere(text: string): string[] {
  const each = [
    (unit: string) => encodeURIComponent(unit).replace(/^[^%]$/, (plain) => `%${Buffer.from(plain).toString("hex")}`),
    (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    (unit: string) => `&#${unit.charCodeAt(0)};`,
  ];
  const escaped = (by: (index: number) => ((unit: string) => string) | undefined) =>
    text.replace(/[\x20-\x7e]/g, (unit, at: number) => (at % 2 === 0 ? (by(at / 2)?.(unit) ?? unit) : unit));
  return [...each.map((one) => escaped(() => one)), escaped((index) => each[index % each.length])];
}

const inLines = (text: string): string[] => ["\n", "\r\n  ", "\\n"].map((end) => text.replace(/.{19}/g, `$&${end}`));

/**
 * How a secret may be written: as it is, in base64 of both alphabets at any place, also in lines, in hex, percent-encoded in
 * either case, in JSON, and with some of its characters escaped.
 */
export function spellings(secret: string | Buffer): Buffer[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < 8) throw new Error("What is so short is found anywhere");
  const base64 = inBase64(bytes);
  const texts = [
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64.flatMap(inLines),
    ...(typeof secret === "string" ? [...percent(secret), ...inJson(secret), ...hereAndThere(secret)] : []),
  ];
  return [bytes, ...new Set(texts)].map((text) => Buffer.from(text));
}

/** Where secrets are found, by their names: nothing, when all is well. It does not repeat them. */
export function findings(haystacks: readonly Haystack[], secrets: ReadonlyMap<string, string | Buffer>): string[] {
  return [...secrets].flatMap(([name, secret]) => {
    const needles = spellings(secret);
    return haystacks
      .filter(({ bytes }) => needles.some((needle) => bytes.includes(needle)))
      .map(({ where }) => `${name} in ${where}`);
  });
}
