import type { Problem } from "../../../api/problem.ts";
import { Choice, DataField, type FieldData } from "../../parts/fields.tsx";
import { wrongWith } from "../../parts/form.tsx";
import type { Group } from "./catalogue.ts";
import type { FormValues } from "./form-values.ts";

/** Whose types a group has, where its name does not say it. */
const SYSTEMS: Record<string, string> = {
  workspace: "yours",
  inbound: "from your sources",
  operational: "about your webhooks and sources",
};

/** In place of what the API says to who calls it. */
const TO_THE_CATALOGUE = ". Types of your own are added in the event catalogue.";

/** Those first of which something is chosen: it shall be seen. */
const chosenFirst = (groups: readonly Group[], chosen: ReadonlySet<string>): Group[] =>
  groups.toSorted((a, b) => Number(hasChosen(b, chosen)) - Number(hasChosen(a, chosen)));

const hasChosen = ({ pattern, types }: Group, chosen: ReadonlySet<string>): boolean =>
  (pattern !== null && chosen.has(pattern)) || types.some(({ name }) => chosen.has(name));

type Props = {
  groups: readonly Group[];
  values: Pick<FormValues, "all" | "chosen" | "custom">;
  problem: Problem | null;
};

/** What a webhook subscribes to: all, or what is chosen from the catalogue by type and by group, or typed. */
export function EventsField({ groups, values, problem }: Props) {
  const wrong = wrongWith(problem, "events")?.replaceAll(/; GET [^;]*adds one/g, TO_THE_CATALOGUE);
  const all = (
    <>
      Also of types that are added later. The pattern is <code>*</code>.
    </>
  );
  const some = (
    <>
      Only what I choose: <output data-chosen>{values.chosen.length}</output> chosen
    </>
  );
  return (
    <fieldset class="stack" aria-describedby={wrong === undefined ? undefined : "events-wrong"}>
      <legend class="visually-hidden">Events</legend>
      {wrong !== undefined && (
        <span class="wrong" id="events-wrong">
          {wrong}
        </span>
      )}
      <Choice {...{ name: "which", value: "all", checked: values.all }} label="All events" hint={all} />
      <Choice
        {...{ name: "which", value: "some", checked: !values.all }}
        label={some}
        hint="Whole groups, single types, or both."
      />
      <div class="some-events stack">
        <Picker groups={groups} chosen={new Set(values.chosen)} />
        <DataField of={CUSTOM} values={values} />
      </div>
    </fieldset>
  );
}

const CUSTOM: FieldData = {
  ...{ name: "custom", label: "Other patterns", spellcheck: false },
  hint: (
    <>
      For what the list does not have, such as <code>cases.tasks.*</code>. Put commas between several.
    </>
  ),
};

function Picker({ groups, chosen }: { groups: readonly Group[]; chosen: ReadonlySet<string> }) {
  return (
    <div class="picker">
      <div class="picker-search">
        <label class="visually-hidden" for="search">
          Search event types
        </label>
        <input
          {...{ id: "search", type: "search", placeholder: "Search event types", autocomplete: "off" }}
          data-filters=".picker .type"
        />
      </div>
      <section class="picker-list" tabindex={0} aria-label="Event types">
        {chosenFirst(groups, chosen).map((group) => (
          <GroupOfTypes group={group} chosen={chosen} />
        ))}
        <p class="quiet no-match">No type has these words. Types of your own are added in the event catalogue.</p>
      </section>
    </div>
  );
}

function GroupOfTypes({ group, chosen }: { group: Group; chosen: ReadonlySet<string> }) {
  const { name, pattern, systems, types } = group;
  return (
    <fieldset class="group">
      <legend>
        {name} <span class="small quiet">{systems.map((system) => SYSTEMS[system] ?? system).join(", ")}</span>
      </legend>
      {pattern !== null && (
        <label class="choice whole">
          <input type="checkbox" name="event" value={pattern} checked={chosen.has(pattern)} data-each />
          <span>
            All{types.length > 1 && ` ${types.length}`}, also those to come <code class="quiet">{pattern}</code>
          </span>
        </label>
      )}
      <div class="types">
        {types.map((type) => (
          <label class="choice type" title={type.description ?? undefined}>
            <input type="checkbox" name="event" value={type.name} checked={chosen.has(type.name)} data-each />
            <span>
              <code>{type.name}</code>
              {type.title !== null && <span class="hint">{type.title}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
