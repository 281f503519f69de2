import type { Locator, Page } from "playwright-core";

/** How somebody uses a page: each story is told by both. */
export interface Hands {
  /** Presses a button, or follows a link. */
  press(target: Locator): Promise<void>;
  /** Types into a field, in place of what is there. */
  type(target: Locator, text: string): Promise<void>;
  /** Ticks a box, or chooses a radio button. */
  choose(target: Locator): Promise<void>;
}

export const byMouse = (): Hands => ({
  press: (target) => target.click(),
  type: (target, text) => target.fill(text),
  choose: (target) => target.check(),
});

/** More stops than any page has. */
const STOPS = 400;

/** By keyboard alone: what the Tab key does not lead to cannot be used. */
export function byKeyboard(page: Page): Hands {
  const isThere = (target: Locator) => target.evaluate((element) => element === document.activeElement);

  async function reach(target: Locator, arrived: (target: Locator) => Promise<boolean> = isThere): Promise<void> {
    await target.waitFor();
    for (let stops = 0; stops < STOPS; stops++) {
      if (await arrived(target)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`The Tab key never led to ${target}`);
  }

  /** Tab leads to one of a group of radio buttons; arrows lead on. */
  const inGroup = (target: Locator) =>
    target.evaluate((element) => {
      const { activeElement } = document;
      return (
        element instanceof HTMLInputElement &&
        activeElement instanceof HTMLInputElement &&
        activeElement.name === element.name &&
        activeElement.form === element.form
      );
    });

  return {
    async press(target) {
      await reach(target);
      await page.keyboard.press("Enter");
    },
    async type(target, text) {
      await reach(target);
      await page.keyboard.press("ControlOrMeta+a");
      if (text === "") await page.keyboard.press("Delete");
      else await page.keyboard.type(text);
    },
    async choose(target) {
      const isRadio = (await target.getAttribute("type")) === "radio";
      await reach(target, isRadio ? inGroup : isThere);
      for (let tries = 0; tries < STOPS && !(await target.isChecked()); tries++) {
        await page.keyboard.press(isRadio ? "ArrowDown" : "Space");
      }
    },
  };
}

/** Each story, by either. */
export const HANDS: readonly (readonly [name: string, of: (page: Page) => Hands])[] = [
  ["by mouse", byMouse],
  ["by keyboard alone", byKeyboard],
];
