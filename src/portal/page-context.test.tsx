import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { describe, expect, it } from "vitest";
import { type PageContext, PageContextProvider, usePageContext } from "./page-context.ts";

const contextOf = (name: string) => ({ workspace: { id: name.length, name } }) as PageContext;

/** What waits for its turn. */
const waiting: (() => void)[] = [];
const turn = (): Promise<void> => new Promise((goOn) => waiting.push(goOn));

async function turns(number: number): Promise<void> {
  for (let at = 0; at < number; at++) await turn();
}

/** Gives turns, the latest that waits first and then the first, until all is done: nothing goes on in the order it came. */
async function inTurns<Result>(all: Promise<Result>): Promise<Result> {
  let done = false;
  const result = all.finally(() => {
    done = true;
  });
  for (let given = 0; !done; given++) {
    (given % 2 === 0 ? waiting.pop() : waiting.shift())?.();
    await null;
  }
  return result;
}

const Name = () => <b>{usePageContext().workspace?.name}</b>;

/** Awaits in between, and tells whose page it is before and after. */
async function Slow({ wait, children }: { wait: number; children?: Child }) {
  const before = usePageContext().workspace?.name;
  await turns(wait);
  return (
    <p>
      {before}
      <Name />
      {children}
      <Name />
    </p>
  );
}

async function rendered(name: string, waits: readonly number[]): Promise<string> {
  const page = waits.reduce<Child>((inner, wait) => <Slow wait={wait}>{inner}</Slow>, <Name />);
  const whole = (
    <PageContextProvider value={contextOf(name)}>
      <Name />
      {page}
      <Name />
    </PageContextProvider>
  );
  return String(await whole.toString());
}

/** Every name that a page tells. */
const namesIn = (html: string): string[] => [...new Set(html.split(/<[^>]*>/).filter((text) => text !== ""))];

describe("the context of a page", () => {
  it("is its own, however pages are rendered between each other's awaits", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `Workspace ${index}`);
    const pages = names.map((name, index) => rendered(name, [index % 3, (index * 7) % 5, (index * 3) % 4]));
    const rendering = await inTurns(Promise.all(pages));
    for (const [index, html] of rendering.entries()) expect(namesIn(html)).toEqual([names[index]]);
  });

  it("is a part's own where a part is given another", async () => {
    const page = (
      <PageContextProvider value={contextOf("outer")}>
        <Name />
        <PageContextProvider value={contextOf("inner")}>
          <Name />
        </PageContextProvider>
        <Name />
      </PageContextProvider>
    );
    expect(String(await page.toString())).toBe("<b>outer</b><b>inner</b><b>outer</b>");
  });

  it("is gone when the page is, also after one that failed", async () => {
    const Fails = (): Child => {
      throw new Error("It fails");
    };
    const failing = (
      <PageContextProvider value={contextOf("failed")}>
        <Fails />
      </PageContextProvider>
    );
    expect(() => failing.toString()).toThrow("It fails");
    expect(() => (<Name />).toString()).toThrow("No page is being rendered");
    expect(() => usePageContext()).toThrow("No page is being rendered");
  });

  it("is nobody else's after an await, where it cannot be told any more", async () => {
    // A component that asks only after it has awaited gets its own or an error, as the runtime has it.
    const Late = async () => {
      await turns(2);
      try {
        return <b>{usePageContext().workspace?.name}</b>;
      } catch {
        return raw("<b>none</b>");
      }
    };
    const late = (name: string) => (
      <PageContextProvider value={contextOf(name)}>
        <Late />
      </PageContextProvider>
    );
    const both = Promise.all([late("first"), late("second")].map(async (page) => page.toString()));
    const [first, second] = await inTurns(both);
    expect(["<b>first</b>", "<b>none</b>"]).toContain(String(first));
    expect(["<b>second</b>", "<b>none</b>"]).toContain(String(second));
  });
});
