import { describe, expect, it } from "vitest";
import { Words } from "./words.ts";

const settle = () => scheduler.wait(0);

/** Somebody who takes his time. */
function listener() {
  const heard: number[][] = [];
  const answers: (() => void)[] = [];
  const words = new Words<number>((some) => {
    heard.push(some);
    return new Promise((resolve) => answers.push(resolve));
  });
  const answer = async () => {
    answers.shift()?.();
    await settle();
  };
  return { heard, words, answer };
}

describe("words", () => {
  it("are told at once, and together those that come while others are being told", async () => {
    const { heard, words, answer } = listener();
    const all = [1, 2, 3].map((word) => words.say(word));
    expect(heard).toEqual([[1]]);
    await answer();
    expect(heard).toEqual([[1], [2, 3]]);
    const last = words.say(4);
    await answer();
    expect(heard).toEqual([[1], [2, 3], [4]]);
    await answer();
    await Promise.all([...all, last]);
  });

  it("are said to nobody any more once telling has failed, and whoever says some hears why", async () => {
    let told = 0;
    const words = new Words<number>(async () => {
      told++;
      throw new Error("Gone");
    });
    words.check();
    const all = [words.say(1), words.say(2)];
    for (const each of all) await expect(each).rejects.toThrow("Gone");
    await expect(words.say(3)).rejects.toThrow("Gone");
    expect(() => words.check()).toThrow("Gone");
    expect(told).toBe(1);
  });
});
