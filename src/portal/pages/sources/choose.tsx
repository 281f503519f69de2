import { GROUPS } from "../../../inbound/guide.ts";
import { guides } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Link } from "../../parts/card.tsx";
import { Prose } from "./guide-view.tsx";

/** Names to look for: of each group one. */
const EXAMPLES = GROUPS.flatMap(({ id }) => guides.find(({ group }) => group === id)?.name.split(" ")[0] ?? []).join(
  ", ",
);

const forOthers = guides.filter((guide) => guide.forOthers);

/** The first step of a new source: whose callbacks it receives. */
export const chooseProviderPage = page({ path: "/portal/{workspace}/sources/new", scope: "manage" }, (context) => {
  const words = queryParam(context, "q").toLowerCase().split(/\s+/).filter(Boolean);
  return (
    <Page
      title="Add source"
      lead="Choose who calls. Each provider signs in its own way, and has a guide of its own."
      crumbs={[{ name: "Sources", path: "/sources" }]}
    >
      <div class="stack">
        <search>
          <form method="get" class="filters">
            <div class="field">
              <label for="q">Find a provider</label>
              <input
                {...{ id: "q", name: "q", type: "search", value: queryParam(context, "q"), autocomplete: "off" }}
                placeholder={`${EXAMPLES} …`}
                data-filters="[data-provider]"
              />
            </div>
            <noscript>
              <button type="submit">Find</button>
            </noscript>
          </form>
        </search>
        <Providers words={words} />
        <p class="quiet none-found">
          No provider is called that. If yours signs by HMAC, a password or a header, choose{" "}
          {forOthers.map(({ provider, name }) => (
            <Link to={`/sources/new/${provider}`} label={name.toLowerCase()} />
          ))}
          .
        </p>
      </div>
    </Page>
  );
});

/** The providers in their groups; of a search those that fit. */
export function Providers({ words = [] }: { words?: readonly string[] }) {
  const context = usePageContext();
  return (
    <>
      {GROUPS.map(({ id, name, about }) => {
        const own = guides.filter(({ group, ...guide }) => {
          const text = `${guide.name} ${guide.brings} ${guide.provider}`.toLowerCase();
          return group === id && words.every((word) => text.includes(word));
        });
        if (own.length === 0) return null;
        return (
          <section class="providers" aria-labelledby={`group-${id}`}>
            <h2 id={`group-${id}`}>{name}</h2>
            <p class="quiet">{about}</p>
            <ul>
              {own.map((guide) => (
                <li data-provider={guide.provider}>
                  {context.can("manage") ? (
                    <Link to={`/sources/new/${guide.provider}`} label={guide.name} />
                  ) : (
                    <span>{guide.name}</span>
                  )}
                  <span class="small quiet">
                    <Prose text={guide.brings} />
                  </span>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}
