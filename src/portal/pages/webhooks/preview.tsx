import type * as z from "zod";
import { WorkspaceView } from "../../../api/workspaces/representation.ts";
import { compose } from "../../../delivery/compose.ts";
import { permitted } from "../../../delivery/custom-headers.ts";
import { deliveryId, eventId } from "../../../lib/ids.ts";
import { type Dialect, dialectOf, type Message } from "../../../systems/index.ts";
import { type PageContext, useHref } from "../../page-context.ts";
import { action } from "../../page-route.ts";
import { Card } from "../../parts/card.tsx";
import { Json } from "../../parts/code.tsx";
import { type CatalogueType, catalogueOf } from "../event-types/catalogue.ts";
import { firstOf } from "./catalogue.ts";
import { listOf } from "./delays.ts";
import { type FormValues, patternsOf, typedIn } from "./form-values.ts";

const SOMEWHERE = "https://your-app.example/webhooks";

/** A delivery as it would be, with a secret that is nobody's. */
export type Preview = {
  url: string;
  type: string;
  headers: Record<string, string>;
  body: string;
  signedBy: string;
  /** What is asked for before anything is saved. */
  handshake: string | null;
  /** Whether headers that are stored come along, which are not shown here. */
  keepsHeaders: boolean;
};

/** What the page shows of it before anything was typed, and again whenever something was. */
export const previewPage = action(
  { path: "/portal/{workspace}/webhooks/preview", scope: "manage" },
  async (context) => {
    return <PreviewBody preview={await previewOf(context, typedIn(context.form), await catalogueOf(context))} />;
  },
);

/** Makes the delivery of a sample of the first event that is chosen, by the code that makes real ones. */
export async function previewOf(
  context: PageContext,
  values: FormValues,
  types: readonly CatalogueType[],
): Promise<Preview> {
  const workspace = await context.api.one("", WorkspaceView);
  const dialect = dialectOf(values.dialect);
  const patterns = patternsOf(values);
  const type = firstOf(types, patterns, dialect.name) ?? firstOf(types, ["ticket.created", "*"], dialect.name);
  const message = sampleMessage(workspace, type, listOf(values.channels), context.now);
  const secrets = dialect.secret.required || values.signing !== "none" ? [await exampleSecret(dialect)] : [];
  const own = Object.fromEntries(
    values.headers.filter(({ name }) => name !== "").map(({ name, value }) => [name, value]),
  );
  const sent = await compose(dialect, message, { secrets, headers: permitted(own) }, Math.floor(context.now / 1000));
  const url = URL.canParse(values.url) ? values.url : SOMEWHERE;
  return {
    url,
    type: message.type,
    headers: sent.headers,
    body: sent.body,
    signedBy: dialect.signature.header,
    handshake: dialect.handshake?.url(url, dialect.handshake.challenge(), values.verifyToken || "your-token") ?? null,
    keepsHeaders: values.keepHeaders,
  };
}

function sampleMessage(
  workspace: z.infer<typeof WorkspaceView>,
  type: CatalogueType | undefined,
  channels: string[],
  now: number,
): Message {
  return {
    deliveryId: deliveryId({ at: now, endpoint: 1, seq: 1, index: 0 }),
    eventId: eventId({ at: now, seq: 1, index: 0 }),
    type: type?.name ?? "ticket.created",
    channels,
    occurredAt: now,
    data: type?.sample ?? '{"test":true}',
    workspace: {
      id: workspace.id,
      externalId: workspace.external_id,
      publicName: workspace.community_name ?? workspace.name,
    },
  };
}

/** Made up, and forgotten: nothing is ever signed with it but this. */
const exampleSecret = async (dialect: Dialect): Promise<string> => dialect.secret.generate();

/** Shows a delivery as the form stands, and again whenever something is typed or chosen. */
export function PreviewCard({ preview }: { preview: Preview }) {
  return (
    <Card id="preview-title" title="What a delivery will look like" class="preview" body={null}>
      <div
        {...{ id: "preview", class: "card-body stack-s", "hx-post": useHref("/webhooks/preview") }}
        hx-trigger="change from:.webhook-form delay:150ms, input from:.webhook-form delay:600ms"
        hx-swap="innerMorph"
        hx-sync="replace"
      >
        <PreviewBody preview={preview} />
      </div>
    </Card>
  );
}

function PreviewBody({ preview }: { preview: Preview }) {
  const { url, type, headers, body, signedBy, handshake, keepsHeaders } = preview;
  return (
    <>
      <p class="small quiet">
        An example: the event <code>{type}</code>, with made-up ids, signed with a secret that is nobody's.
      </p>
      <div class="code wrap">
        <section tabindex={0} aria-label="Request line and headers">
          <pre>
            <strong>POST</strong> {url}
            {Object.entries(headers).map(([name, value]) => (
              <span class={name === signedBy ? "signed" : undefined}>
                {"\n"}
                <span class="j-key">{name}</span>: {value}
              </span>
            ))}
          </pre>
        </section>
      </div>
      {keepsHeaders && <p class="small quiet">The headers that are set on the webhook come along.</p>}
      {headers[signedBy] === undefined && (
        <p class="small wrong">Without a secret there is no signature: anybody could send this to your server.</p>
      )}
      <Json text={body} label="Body of the example" />
      {handshake !== null && (
        <p class="small quiet break">
          Before it is saved, Posthorn asks <code>GET {handshake}</code>. Answer 200 with the challenge in the body.
        </p>
      )}
    </>
  );
}
