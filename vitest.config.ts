import { randomBytes } from "node:crypto";
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { NEVER_MS } from "./test/support/eventually.ts";
import { SummaryReporter } from "./test/support/summary.ts";

const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

/** Vectors or samples of all providers; others than those that are here, where the environment names a file. */
async function fixtures(name: string, other: string | undefined) {
  const paths = other === undefined ? globSync(`./src/inbound/providers/*/${name}.json`).sort() : [other];
  return (await Promise.all(paths.map(readJson))).flat();
}

/** What reads files and starts nothing. */
const SOURCES = ["clocks", "constant-time", "dependencies", "doc-links", "security-page"].map(
  (name) => `test/service/${name}.test.ts`,
);

/**
 * Not a measure of anything. A wait that is in vain ends by itself (NEVER_MS) and says what it has seen; this is for what
 * does not even wait, on a machine that does ten other things.
 */
const PATIENCE = { testTimeout: 8 * NEVER_MS, hookTimeout: 8 * NEVER_MS };

export default defineConfig(async () => {
  const inWorkerd = cloudflareTest({
    wrangler: { configPath: "./wrangler.toml" },
    miniflare: {
      cf: false,
      bindings: {
        TEST_VECTORS: await fixtures("vectors", process.env.VECTORS),
        TEST_SAMPLES: await fixtures("samples", process.env.SAMPLES),
        TEST_MODEL_PAGE: await readFile("./docs/inbound/model.md", "utf8"),
        TEST_MIGRATIONS: await readD1Migrations("./migrations"),
        ADMIN_TOKEN: "an-admin-token-for-tests-and-nothing-else",
        ENCRYPTION_KEY: randomBytes(32).toString("base64"),
        ALLOW_PRIVATE_TARGETS: "true",
      },
    },
  });
  return {
    test: {
      reporters: ["default", new SummaryReporter()],
      projects: [
        {
          plugins: [inWorkerd],
          test: {
            name: "units",
            include: ["src/**/*.test.ts", "src/**/*.test.tsx", "test/inbound/**/*.test.ts", "test/model/**/*.test.ts"],
            setupFiles: ["./test/support/apply-migrations.ts"],
            ...PATIENCE,
            // One runtime for all of them: each makes its own rows, and starting one a file takes longer than the tests do.
            isolate: false,
          },
        },
        {
          plugins: [inWorkerd],
          test: {
            name: "runtime",
            include: ["test/runtime/**/*.test.ts"],
            setupFiles: ["./test/support/apply-migrations.ts"],
            ...PATIENCE,
          },
        },
        {
          test: {
            name: "service",
            environment: "node",
            include: ["test/service/**/*.test.ts", "test/conformance/**/*.test.ts", "test/browser/**/*.test.ts"],
            exclude: SOURCES,
            globalSetup: ["./test/support/build.ts"],
            ...PATIENCE,
            // Each file starts a service of its own, and waits for it most of the time.
            maxWorkers: 2,
            sequence: { groupOrder: 1 },
          },
        },
        {
          test: {
            name: "sources",
            environment: "node",
            include: SOURCES,
            ...PATIENCE,
          },
        },
        {
          test: {
            name: "oracles",
            environment: "node",
            include: ["test/oracles/**/*.test.ts"],
            globalSetup: ["./test/oracles/setup.ts"],
            // Loading the official libraries takes longer than the tests do.
            isolate: false,
            ...PATIENCE,
          },
        },
      ],
    },
  };
});
