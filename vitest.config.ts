import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/support/summary.ts";

/** Vectors and samples of the providers; others than those that are here, where the environment names a file. */
const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

/** What looks at how long something takes wants the machine for itself. */
const ALONE = ["isolation", "slots", "exactly", "crash", "large"].map((name) => `test/service/${name}.test.ts`);

export default defineConfig(async () => {
  const inWorkerd = cloudflareTest({
    wrangler: { configPath: "./wrangler.toml" },
    miniflare: {
      cf: false,
      bindings: {
        TEST_VECTORS: await readJson(process.env.VECTORS ?? "./test/inbound/vectors.json"),
        TEST_SAMPLES_OURS: process.env.SAMPLES === undefined,
        TEST_SAMPLES: await readJson(process.env.SAMPLES ?? "./test/inbound/samples.json"),
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
            include: ["src/**/*.test.ts", "test/inbound/**/*.test.ts"],
            setupFiles: ["./test/support/apply-migrations.ts"],
            // Not a measure of anything: a busy machine takes ten times as long.
            testTimeout: 60_000,
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
            // Not a measure of anything: a busy machine takes ten times as long.
            testTimeout: 60_000,
          },
        },
        {
          test: {
            name: "service",
            environment: "node",
            include: ["test/service/**/*.test.ts", "test/conformance/**/*.test.ts", "test/browser/**/*.test.ts"],
            exclude: ALONE,
            globalSetup: ["./test/support/build.ts"],
            testTimeout: 120_000,
            hookTimeout: 120_000,
            // Each file starts a service of its own, and waits for it most of the time.
            maxWorkers: 2,
            sequence: { groupOrder: 1 },
          },
        },
        {
          test: {
            name: "alone",
            environment: "node",
            include: ALONE,
            globalSetup: ["./test/support/build.ts"],
            testTimeout: 120_000,
            hookTimeout: 120_000,
            fileParallelism: false,
            sequence: { groupOrder: 2 },
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
            testTimeout: 60_000,
            hookTimeout: 60_000,
          },
        },
      ],
    },
  };
});
