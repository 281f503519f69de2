import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Snippet, snippetsFor } from "../../src/portal/snippets/index.ts";
import { type Dialect, dialects } from "../../src/systems/index.ts";

/** What the portal gives to people to verify requests with is run here, against requests as they are sent. */

interface Case {
  name: string;
  body: string;
  headers: Record<string, string>;
  secret: string;
  genuine: boolean;
}

const folder = mkdtempSync(join(tmpdir(), "posthorn-snippets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a program that answers for each case whether the snippet takes it, and runs it with the cases on stdin. */
const RUNNERS: Record<
  Snippet["key"],
  { command: string; probe: string[]; file: string; program(text: string): string }
> = {
  node: {
    command: process.execPath,
    probe: ["--version"],
    file: "verify.mjs",
    program: (text) => `${text}
let input = "";
for await (const chunk of process.stdin) input += chunk;
const verdicts = JSON.parse(input).map(({ body, headers, secret }) => verify(Buffer.from(body), headers, secret));
console.log(JSON.stringify(verdicts));
`,
  },
  php: {
    command: "php",
    probe: ["--version"],
    file: "verify.php",
    program: (text) => `${text}
$verdicts = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $case) {
    $server = [];
    foreach ($case['headers'] as $name => $value) {
        $server['HTTP_' . strtoupper(str_replace('-', '_', $name))] = $value;
    }
    $verdicts[] = verify($case['body'], $server, $case['secret']);
}
echo json_encode($verdicts);
`,
  },
  python: {
    command: "python3",
    probe: ["--version"],
    file: "verify.py",
    program: (text) => `${text}

import json
import sys

print(json.dumps([verify(c["body"].encode(), c["headers"], c["secret"]) for c in json.load(sys.stdin)]))
`,
  },
  go: {
    command: "go",
    probe: ["version"],
    file: "main.go",
    program: (text) =>
      text.replace("package webhooks", "package main").replace("import (", 'import (\n\t"encoding/json"\n\t"os"') +
      `
func main() {
	var cases []struct {
		Body, Secret string
		Headers      map[string]string
	}
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	verdicts := []bool{}
	for _, each := range cases {
		header := http.Header{}
		for name, value := range each.Headers {
			header.Set(name, value)
		}
		verdicts = append(verdicts, Verify([]byte(each.Body), header, each.Secret))
	}
	json.NewEncoder(os.Stdout).Encode(verdicts)
}
`,
  },
};

async function casesOf(dialect: Dialect): Promise<Case[]> {
  const secret = dialect.secret.generate();
  const other = dialect.secret.generate();
  const message = {
    deliveryId: "01a200d2-76b0-7000-8000-001000000001",
    eventId: "evt_01M80D4XNG000000001001WGQE",
    type: "ticket.created",
    channels: [],
    occurredAt: 0,
    data: '{"subject":"Zürich ✓","price":1.0}',
    workspace: { id: 1, externalId: "1", publicName: "Acme" },
  };
  const now = Math.floor(Date.now() / 1000);
  const body = dialect.body(message);
  const made = async (secrets: string[], timestamp = now) => {
    const signature = secrets.length === 0 ? undefined : await dialect.sign(secrets, message, timestamp, body);
    return dialect.headers(message, { timestamp, signature });
  };
  const headers = await made([secret]);
  const unsigned = await made([]);
  const cases: Case[] = [
    { name: "as it was sent", body, headers, secret, genuine: true },
    { name: "another body", body: `${body} `, headers, secret, genuine: false },
    { name: "another secret", body, headers, secret: other, genuine: false },
    { name: "no signature", body, headers: unsigned, secret, genuine: false },
    {
      name: "an empty signature",
      body,
      headers: { ...headers, [dialect.signature.header]: "" },
      secret,
      genuine: false,
    },
  ];
  if (dialect.signature.scheme === "body") return cases;
  const rotated = await made([other, secret]);
  const old = await made([secret], now - 3600);
  return [
    ...cases,
    { name: "two secrets' signatures", body, headers: rotated, secret, genuine: true },
    { name: "an hour old", body, headers: old, secret, genuine: false },
    { name: "another id", body, headers: { ...headers, "webhook-id": "x" }, secret, genuine: false },
  ];
}

const [first] = dialects.values();
const known = first ? snippetsFor(first.signature) : [];

describe.each(known.map(({ key }) => key))("the %s snippet", (language) => {
  const { command, probe, file, program } = RUNNERS[language];
  const there = spawnSync(command, probe).status === 0;

  it.skipIf(!there).each([...dialects.keys()])("verifies what %s sends, and nothing else", async (name) => {
    const dialect = dialects.get(name);
    const text = dialect && snippetsFor(dialect.signature).find(({ key }) => key === language)?.text;
    if (!dialect || text === undefined) throw new Error(`There is no snippet for ${name}`);
    const path = join(folder, `${name}-${file}`);
    writeFileSync(path, program(text));
    const cases = await casesOf(dialect);
    const args = language === "go" ? ["run", path] : [path];
    const verdicts = JSON.parse(execFileSync(command, args, { input: JSON.stringify(cases), encoding: "utf8" }));
    expect(cases.map((each, index) => [each.name, verdicts[index]])).toEqual(
      cases.map((each) => [each.name, each.genuine]),
    );
  });
});
