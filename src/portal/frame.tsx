import type { Child, PropsWithChildren } from "hono/jsx";
import { assetUrl } from "./assets.ts";
import { inWorkspace, type PageContext, queryParam, useHref, usePageContext } from "./page-context.ts";
import { NOTICES, type NoticeName } from "./page-route.ts";
import { Horn } from "./parts/icons.tsx";

type Section = {
  path: string;
  /** Where else its pages are. */
  also?: string;
  name: string;
  scope: "read" | "manage" | "admin";
  gap?: boolean;
};

/** The settings' sections. A page belongs to the one whose path its own begins with. */
const SECTIONS: readonly Section[] = [
  { path: "/webhooks", also: "/deliveries", name: "Webhooks", scope: "read" },
  { path: "/events", name: "Events", scope: "read" },
  { path: "/event-types", name: "Event catalogue", scope: "read" },
  { path: "/sources", also: "/receipts", name: "Sources", scope: "read" },
  { path: "/usage", name: "Usage", scope: "read", gap: true },
  { path: "/tokens", name: "Tokens", scope: "admin" },
  { path: "/audit-log", name: "Audit log", scope: "manage" },
  { path: "/settings", name: "Workspace", scope: "admin" },
];

/** What the admin has beside the workspaces' settings. */
const ADMINISTRATION: readonly Section[] = [
  { path: "/portal/workspaces", name: "Workspaces", scope: "admin" },
  { path: "/portal/audit-log", name: "Audit log", scope: "admin" },
  { path: "/portal/encryption", name: "Encryption keys", scope: "admin" },
];

const HTMX = JSON.stringify({
  includeIndicatorCSS: false,
  history: false,
  defaultTimeout: 20_000,
  // What somebody has opened stays open while the page around it is renewed.
  morphIgnore: ["data-htmx-powered", "open"],
});

/** What every page has around it, signed in or not. */
export function Document({
  context,
  title,
  charts,
  children,
}: PropsWithChildren<{
  context: {
    /** Without one where the page's policy goes by the address of what it runs. */
    nonce?: string;
    theme: PageContext["theme"];
  };
  title: string;
  charts?: boolean | undefined;
}>) {
  const { nonce, theme } = context;
  return (
    <html lang="en" data-theme={theme ?? undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="htmx-config" content={HTMX} />
        <title>{title} · Posthorn</title>
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href={assetUrl("portal.css")} nonce={nonce} />
        {charts && <link rel="stylesheet" href={assetUrl("uplot.css")} nonce={nonce} />}
        <script src={assetUrl("htmx.js")} nonce={nonce} defer />
        <script src={assetUrl("portal.js")} nonce={nonce} defer />
        {charts && <script src={assetUrl("uplot.js")} nonce={nonce} defer />}
        {charts && <script src={assetUrl("charts.js")} nonce={nonce} defer />}
      </head>
      <body>{children}</body>
    </html>
  );
}

/** What a page takes that stands by itself, for somebody who may not have signed in. */
export type BareContext = Pick<PageContext, "nonce" | "theme">;

/** A page by itself, without the settings' frame. */
export const BarePage = ({ context, title, children }: PropsWithChildren<{ context: BareContext; title: string }>) => (
  <Document context={context} title={title}>
    <main class="alone stack" id="main">
      <span class="brand">
        <Horn /> Posthorn
      </span>
      {children}
    </main>
  </Document>
);

/** The horn as a favicon. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#b7791f" stroke-width="2.4" stroke-linecap="round"><circle cx="10" cy="13" r="5"/><path d="M15 13V6.5M10 8h6.5c2.5 0 3.5-1 4.5-2.5v7C20 11 19 10 16.500 10"/></svg>',
)}`;

/** What a page is called, and where it stands. */
export type PageProps = {
  title: string;
  /** What the page is for, in a sentence. */
  lead?: Child;
  /** The pages above this one, the uppermost first; their paths as {@link useHref} has them. */
  crumbs?: readonly { name: string; path: string }[];
  actions?: Child;
  /** Whether it draws charts. */
  charts?: boolean | undefined;
};

/** A page of the settings: the frame around what `children` are. */
export function Page({ title, lead, crumbs = [], actions, charts, children }: PropsWithChildren<PageProps>) {
  const context = usePageContext();
  // A script that renews a part of the page needs the frame no more than a visitor who sees it already.
  if (context.fragment) return <main id="main">{children}</main>;
  return (
    <Document context={context} title={title} charts={charts}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Bar />
      <div class="shell">
        {context.workspace ? (
          <Sections
            title="Settings"
            of={SECTIONS.map(({ also, ...each }) => ({
              ...each,
              path: inWorkspace(context, each.path),
              ...(also && { also: inWorkspace(context, also) }),
            }))}
          />
        ) : (
          <Sections title="Administration" of={ADMINISTRATION} />
        )}
        <main id="main" tabindex={-1}>
          <Done />
          {crumbs.length > 0 && (
            <nav class="crumbs" aria-label="Breadcrumb">
              {crumbs.map(({ name, path }, at) => (
                <>
                  {at > 0 && <span aria-hidden="true">/</span>}
                  <a href={useHref(path)}>{name}</a>
                </>
              ))}
            </nav>
          )}
          <div class="head">
            <div>
              <h1>{title}</h1>
              {lead && <p class="lead">{lead}</p>}
            </div>
            {actions && <div class="row">{actions}</div>}
          </div>
          {children}
        </main>
      </div>
    </Document>
  );
}

function Done() {
  const context = usePageContext();
  const name = queryParam(context, "done");
  if (!Object.hasOwn(NOTICES, name)) return null;
  return (
    <div class="note good" role="status">
      {NOTICES[name as NoticeName]}
    </div>
  );
}

function Sections({ title, of }: { title: string; of: readonly Section[] }) {
  const context = usePageContext();
  const here = context.url.pathname;
  const shown = of.filter(({ scope }) => context.can(scope));
  if (shown.length === 0) return <div class="side" />;
  return (
    <nav class="side" aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {shown.map(({ path: href, also = href, name, gap }) => {
          const current = here === href || [href, also].some((each) => here.startsWith(`${each}/`));
          return (
            <li class={gap ? "gap" : undefined}>
              <a href={href} aria-current={current ? "page" : undefined}>
                {name}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function Bar() {
  const context = usePageContext();
  const { workspace } = context;
  const home = workspace ? inWorkspace(context, "/webhooks") : "/portal";
  return (
    <header class="bar">
      <a class="brand" href={home}>
        <Horn /> Posthorn
      </a>
      {workspace && (
        <>
          <span class="sep" aria-hidden="true">
            /
          </span>
          {context.can("admin") ? <Switcher workspace={workspace} /> : <span class="clip">{workspace.name}</span>}
        </>
      )}
      <span class="right" />
      <details class="menu to-left">
        <summary>{nameOf(context)}</summary>
        <div>
          {context.can("admin") && <a href="/portal/workspaces">Workspaces</a>}
          {context.can("admin") && <a href="/portal/audit-log">Audit log of all</a>}
          {context.can("admin") && <a href="/portal/encryption">Encryption keys</a>}
          <a href="/docs">API</a>
          <form method="post" action="/portal/theme">
            <Csrf />
            <input type="hidden" name="back" value={context.url.pathname + context.url.search} />
            {(["light", "dark", "system"] as const).map((theme) => (
              <button type="submit" name="theme" value={theme} aria-pressed={(context.theme ?? "system") === theme}>
                {THEMES[theme]}
              </button>
            ))}
          </form>
          <button type="button" data-zone-switch hidden>
            Times in UTC
          </button>
          <form method="post" action="/portal/sign-out">
            <Csrf />
            <button type="submit">Sign out</button>
          </form>
        </div>
      </details>
    </header>
  );
}

/** Which workspace this is, and the way to another. The names come when it is opened; without a script, all are a click away. */
function Switcher({ workspace }: { workspace: NonNullable<PageContext["workspace"]> }) {
  const context = usePageContext();
  const [, section = ""] = /^\/portal\/\d+(\/[a-z-]+)/.exec(context.url.pathname) ?? [];
  const names = `/portal/workspaces/switch?${new URLSearchParams({ from: section, workspace: String(workspace.id) })}`;
  return (
    <details class="menu switcher" hx-get={names} hx-trigger="toggle once" hx-target="#switch" hx-swap="innerHTML">
      <summary title="Switch workspace">
        <span class="clip">{workspace.name}</span>
      </summary>
      <div>
        <a href="/portal/workspaces">All workspaces</a>
        <div id="switch" />
      </div>
    </details>
  );
}

/** Whose menu it is. Who came by a link has a name for his product alone. */
function nameOf({ caller, session }: PageContext): string {
  if (session.kind === "link") return "Options";
  return caller.kind === "admin" ? "Admin" : caller.name;
}

const THEMES = { light: "Light", dark: "Dark", system: "As the system" };

/** Shows that a form is one of ours. Every form that posts has it. */
export const Csrf = ({ session = usePageContext().session }: { session?: Pick<PageContext["session"], "csrf"> }) => (
  <input type="hidden" name="csrf" value={session.csrf} />
);
