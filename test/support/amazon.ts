import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetch, type Request, Response } from "miniflare";
import { startService } from "../../src/local/service.ts";
import { builtDir } from "./build.ts";

/*
 * Amazon SNS, played by the test: a service whose requests to Amazon are answered here, with the certificate that the
 * messages were signed with. Everything else is as it is deployed.
 */

/** The topic of the messages. */
export const TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic";

/** What a source needs in order to take the messages, which were made long ago. */
export const OPTIONS = { topics: [TOPIC], tolerance: 0 };

interface Vector {
  scheme: string;
  expect: boolean;
  body: string;
  headers: Record<string, string>;
  secret_or_key: string;
}

const vectors = (
  JSON.parse(
    readFileSync(new URL("../../src/inbound/providers/aws-ses-sns/vectors.json", import.meta.url), "utf8"),
  ) as Vector[]
).filter(({ scheme, expect }) => scheme === "sns" && expect);

/** A message as SNS signed it, and the certificate it was signed with. */
export function message(type: "Notification" | "SubscriptionConfirmation") {
  const found = vectors.find(({ body }) => {
    const { Type, TopicArn, SignatureVersion } = JSON.parse(body) as Record<string, string>;
    return Type === type && TopicArn === TOPIC && SignatureVersion === "2";
  });
  if (!found) throw new Error(`There is no ${type}`);
  const { body, headers, secret_or_key: certificate } = found;
  return { body, headers, certificate };
}

/** A service to which Amazon is this file. */
export interface ServiceWithAmazon {
  url: string;
  adminToken: string;
  /** The addresses at which Amazon was asked for something other than a certificate, since this was last called. */
  visits(): string[];
  stop(): Promise<void>;
}

/** Starts a service, on a free port and with nothing stored. */
export async function startServiceWithAmazon(): Promise<ServiceWithAmazon> {
  const { certificate } = message("Notification");
  const stateDir = mkdtempSync(join(tmpdir(), "posthorn-amazon-"));
  let visits: string[] = [];

  async function outbound(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (!url.hostname.endsWith(".amazonaws.com")) return fetch(request);
    if (url.pathname.endsWith(".pem")) return new Response(certificate);
    visits.push(request.url);
    return new Response("<Confirmed/>");
  }

  const service = await startService({
    port: 0,
    stateDir,
    vars: { ALLOW_PRIVATE_TARGETS: "true" },
    scriptPath: join(builtDir, "index.js"),
    outbound,
  });
  return {
    url: service.url,
    adminToken: service.adminToken,
    visits() {
      const seen = visits;
      visits = [];
      return seen;
    },
    async stop() {
      await service.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
