/** What docs/inbound/model.md says: its tables of event types and of their fields. */

export type Field = {
  /** `a.b` for a member of an object, `a[].b` for one of each object in a list. */
  path: string;
  /** Whether it holds what the page does not describe: what a provider or a sender said in a form of its own. */
  isOpaque: boolean;
  /** Whether every event of the table has it. */
  isAlways: boolean;
};

const HEADER = "| field | type | when | meaning |";

/** Which heading's table tells of a type. */
export function sectionOf(type: string): string {
  if (/^(email|sms|whatsapp)\./.test(type)) return "Statuses";
  return OWN[type] ?? "Events as they are";
}

const OWN: Readonly<Record<string, string>> = {
  "message.received": "Messages",
  "ticket.message_created": "Messages of tickets",
  "source.verification_failed": "Refused callbacks",
  "source.attention": "What a person should look at",
};

/** Of each heading of the second level, the fields of all tables below it. */
export function fieldsOf(page: string): ReadonlyMap<string, Field[]> {
  const all = new Map<string, Field[]>();
  for (const [heading, lines] of sections(page)) {
    const rows = tableOf(lines, HEADER);
    if (rows.length === 0) continue;
    const fields = rows.flatMap(([names = "", type = "", when = ""]) =>
      codes(names).map((path) => ({ path, isOpaque: /^any\b/.test(type), isAlways: when === "always" })),
    );
    all.set(heading, fields);
  }
  return all;
}

/** As the page names them: one that ends in `…` stands for all that begin so. */
export function typesOf(page: string): string[] {
  const lines = sections(page).get("Event types") ?? [];
  return tableOf(lines, "| type | when |").flatMap(([names = ""]) => codes(names));
}

function sections(page: string): ReadonlyMap<string, string[]> {
  const all = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of page.split("\n")) {
    const heading = /^## (.+)$/.exec(line)?.[1];
    if (heading !== undefined) {
      current = [];
      all.set(heading, current);
    } else current.push(line);
  }
  return all;
}

/** The cells of the rows of every table with that header. */
function tableOf(lines: readonly string[], header: string): string[][] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of lines) {
    if (line === header) inside = true;
    else if (!line.startsWith("|")) inside = false;
    else if (inside && !/^\|[-|]+\|$/.test(line)) {
      const cells = line.slice(1, -1).split("|");
      rows.push(cells.map((cell) => cell.trim()));
    }
  }
  return rows;
}

const codes = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** The paths of all that a value holds, each once; nothing is looked for in those that are opaque. */
export function pathsIn(value: unknown, opaque: ReadonlySet<string>): Set<string> {
  const paths = new Set<string>();
  const visit = (inner: unknown, path: string): void => {
    if (typeof inner !== "object" || inner === null) return;
    if (Array.isArray(inner)) {
      for (const each of inner) visit(each, `${path}[]`);
      return;
    }
    for (const [name, member] of Object.entries(inner)) {
      const own = path === "" ? name : `${path}.${name}`;
      paths.add(own);
      if (!opaque.has(own)) visit(member, own);
    }
  };
  visit(value, "");
  return paths;
}
