/** Why a URL is not to be called. */
export type Refusal = {
  /**
   * `forbidden`: it leads where requests must not go. `unresolved`: DNS knows no address of its host. `unavailable`: DNS
   * could not be asked, which is no fault of the URL's and passes.
   */
  kind: "forbidden" | "unresolved" | "unavailable";
  /** A sentence for the user. */
  reason: string;
};
