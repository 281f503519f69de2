/** Parts of official packages that come without types: as their sources have them. */

declare module "messagebird/lib/signature.js" {
  interface SignedRequest {
    headers: Record<string, string>;
    query: Record<string, string | string[]>;
    body?: string | Buffer;
  }
  const signature: {
    generate(request: SignedRequest, signingKey: string): Buffer;
    validate(request: SignedRequest, signingKey: string): boolean;
  };
  export default signature;
}

declare module "messagebird/lib/webhook-signature-jwt.js" {
  import type { KeyObject } from "node:crypto";

  class VerifyOptions {
    constructor(
      validateUrl?: boolean,
      validatePayload?: boolean,
      jwtVerifyOptions?: { issuer: string; algorithms: string[]; clockTolerance: number; currentDate: Date },
    );
  }
  const jwt: {
    VerifyOptions: typeof VerifyOptions;
    verify(url: string, payload: Buffer, jwt: string, key: KeyObject, options?: VerifyOptions): Promise<boolean>;
  };
  export default jwt;
}

declare module "sns-validator" {
  export default class MessageValidator {
    validate(message: string, callback: (error: Error | null, message?: unknown) => void): void;
  }
}

declare module "@slack/bolt/dist/receivers/verify-request.js" {
  export function isValidSlackRequest(options: {
    signingSecret: string;
    body: string;
    headers: { "x-slack-signature": string; "x-slack-request-timestamp": number };
    nowMilliseconds?: number;
  }): boolean;
}
