import type { Hono } from "hono";
import { STATIC_PAGE_POLICY } from "../../api/answer-headers.ts";
import { routes } from "../../api/app.ts";
import type { AppEnv } from "../../api/context.ts";
import { documentOf } from "../../api/openapi.ts";
import { StaticText } from "../../api/static-text.ts";
import { Document } from "../frame.tsx";
import { Card } from "../parts/card.tsx";
import { Horn } from "../parts/icons.tsx";
import { DataTable } from "../parts/table.tsx";
import { ApiDocument, type Field, fieldsOf, kindOf, type Operation } from "./schema.ts";

/** As the document that it is made of is kept (openapi.ts). */
const HEADERS = {
  "Content-Type": "text/html; charset=UTF-8",
  "Cache-Control": "public, max-age=300",
  "Content-Security-Policy": STATIC_PAGE_POLICY,
};

const reference = new StaticText(HEADERS, async () => `<!doctype html>${await referencePage()}`);

/** The API's document as a page. It is for everybody, as the document is. */
export function referenceRoutes(portal: Hono<AppEnv>): void {
  portal.get("/docs", (c) => reference.answer((name) => c.req.header(name)));
}

async function referencePage() {
  // As it is sent: what is undefined is not in it.
  const document = ApiDocument.parse(JSON.parse(JSON.stringify(documentOf(routes))));
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? "Other");
  return (
    <Document context={{ theme: null }} title="API">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="bar">
        <a class="brand" href="/portal">
          <Horn /> Posthorn
        </a>
        <span class="right" />
        <a href="/openapi.json">OpenAPI 3.1</a>
      </header>
      <div class="shell">
        <nav class="side" aria-label="API">
          <h2>API</h2>
          <ul>
            {[...byTag.keys()].map((tag) => (
              <li>
                <a href={`#${idOf(tag)}`}>{tag}</a>
              </li>
            ))}
          </ul>
        </nav>
        <main id="main" tabindex={-1}>
          <div class="head">
            <div>
              <h1>API</h1>
              <p class="lead">Every operation, made of the same schemas that check the requests.</p>
            </div>
          </div>
          <div class="stack">
            <Introduction text={document.info.description} />
            {[...byTag].map(([tag, own]) => (
              <Card id={idOf(tag)} title={tag} body={null}>
                {own.map(({ method, path, operation }) => (
                  <details class="operation">
                    <summary>
                      <code class="method">{method}</code> <code class="break">{path}</code>
                      <span class="quiet">{operation.summary}</span>
                    </summary>
                    <Details name={`${method} ${path}`} operation={operation} schemas={document.components.schemas} />
                  </details>
                ))}
              </Card>
            ))}
          </div>
        </main>
      </div>
    </Document>
  );
}

const idOf = (tag: string): string => `tag-${tag.toLowerCase().replaceAll(/\W+/g, "-")}`;

/** Paragraphs and lists with code in them: all that the document's own words use. */
function Introduction({ text }: { text: string }) {
  return (
    <section class="card" aria-label="Introduction">
      <div class="card-body stack">
        {text.split(/\n\n+/).map((paragraph) => {
          const lines = paragraph.split("\n");
          const items = lines.filter((line) => line.startsWith("- "));
          const before = lines.filter((line) => !line.startsWith("- ")).join(" ");
          return (
            <div>
              {before && (
                <p>
                  <Words text={before} />
                </p>
              )}
              {items.length > 0 && (
                <ul class="list">
                  {items.map((item) => (
                    <li>
                      <Words text={item.slice(2)} />
                    </li>
                  ))}
                </ul>
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}

const Words = ({ text }: { text: string }) => (
  <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>
);

type DetailsProps = { name: string; operation: Operation; schemas: ApiDocument["components"]["schemas"] };

function Details({ name, operation, schemas }: DetailsProps) {
  const { parameters, requestBody, responses, description } = operation;
  const body = requestBody?.content?.["application/json"]?.schema;
  const [status, success] = Object.entries(responses).find(([code]) => code.startsWith("2")) ?? [];
  const answer = success?.content?.["application/json"]?.schema;
  const problems = Object.keys(responses).filter((code) => !code.startsWith("2"));
  const given = parameters.map(({ name: path, in: where, required, schema, description: about }) => ({
    path,
    kind: `${kindOf(schema, schemas)}, in the ${where}`,
    required: required ?? false,
    description: about ?? schema.description ?? "",
  }));
  return (
    <div class="card-body stack">
      {description && (
        <p>
          <Words text={description} />
        </p>
      )}
      <Fields of={name} title="Parameters" fields={given} />
      {body && <Fields of={name} title="Body" fields={fieldsOf(body, schemas)} />}
      {answer ? (
        <Fields of={name} title={`Answer, ${status}`} fields={fieldsOf(answer, schemas)} />
      ) : (
        <p>Answer: {status}</p>
      )}
      <p class="small quiet">Problems: {problems.join(", ")}, each as the introduction says.</p>
    </div>
  );
}

function Fields({ of, title, fields }: { of: string; title: string; fields: readonly Field[] }) {
  if (fields.length === 0) return null;
  return (
    <div class="stack-s">
      <h3>{title}</h3>
      <DataTable
        label={`${title} of ${of}`}
        rows={fields}
        columns={[
          { head: "Name", cell: (field) => <Named field={field} /> },
          { head: "Kind", td: "small", cell: ({ kind }) => kind },
          { head: "Meaning", td: "small", cell: ({ description }) => <Words text={description} /> },
        ]}
      />
    </div>
  );
}

const Named = ({ field: { path, required } }: { field: Field }) => (
  <>
    <code>{path}</code>
    {required && <span class="small quiet"> required</span>}
  </>
);
