/** What a test asks the Worker: whether a provider believes a callback. */
export interface Case {
  provider: string;
  request: {
    method: string;
    /** As the provider calls it; the Worker shows it as its runtime does. */
    url: string;
    headers: Readonly<Record<string, string>>;
    /** In base64. */
    body: string;
  };
  source: { credentials: unknown; options: unknown; callbackUrl: string };
  /** Unix seconds. */
  now: number;
  /** The certificates that there are, PEM by URL. */
  certificates?: Readonly<Record<string, string>>;
}
