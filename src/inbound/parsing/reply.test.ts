import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitReply } from "./reply.ts";
import * as marks from "./reply-marks.ts";

const newText = (text: string) => splitReply(text).reply;

describe("the new text", () => {
  it("is without the quoted history", () => {
    const text = `It still does not work.

On Thu, Mar 26, 2026 at 3:43 PM Marta Klein <support@example.com> wrote:

> Please sign in again.
>
> Marta
`;
    expect(newText(text)).toBe("It still does not work.");
  });

  it("is without a history in another language", () => {
    const text = `Danke, jetzt geht es.

Am Do., 26. März 2026 um 15:43 Uhr schrieb Marta Klein <support@example.com>:

> Bitte melden Sie sich neu an.
`;
    expect(newText(text)).toBe("Danke, jetzt geht es.");
  });

  it("is cut out of a long reply", () => {
    const history = `\n\nOn Thu, Mar 26, 2026 at 3:43 PM Marta Klein <support@example.com> wrote:\n${"> old\n".repeat(5000)}`;
    expect(newText(`Thanks!${history}`)).toBe("Thanks!");
    const unquoted = "A long story.\n".repeat(1000);
    expect(newText(unquoted)).toBe(unquoted.trim());
  });

  it("is the whole where there is nothing but quotes", () => {
    expect(newText("> only this\n")).toBe("> only this");
  });

  it("is the whole where it answers point by point", () => {
    const text = `Hello,

On Thu, Mar 26, 2026 at 3:43 PM Marta Klein <support@example.com> wrote:
> Which version?
5.2.
> Which system?
Linux.
`;
    expect(splitReply(text)).toEqual({ reply: text.trim(), quoted: null });
  });

  it("is all that was handed on with it", () => {
    const text = `See below.

---------- Forwarded message ---------
From: Jo <jo@example.com>
Subject: Broken

It is broken.`;
    expect(newText(text)).toBe(text);
  });

  // Each as its program writes it; the answer above it is always the same.
  it.each([
    ["Gmail", "On Thu, Mar 26, 2026 at 3:43 PM Marta Klein <support@example.com> wrote:"],
    [
      "Gmail, broken",
      "On Thu, Mar 26, 2026 at 3:43 PM Marta Klein from the support team <\nsupport@example.com> wrote:",
    ],
    ["Apple Mail", "On 26 Mar 2026, at 15:43, Marta Klein <support@example.com> wrote:"],
    ["Zoho", "---- On Thu, 26 Mar 2026 15:43:00 +0100 Marta Klein <support@example.com> wrote ----"],
    ["an older Gmail", "2026-03-26 15:43 GMT+01:00 Marta Klein <support@example.com>:"],
    ["Thunderbird in German", "Am 26.03.26 um 15:43 schrieb Marta Klein:"],
    ["Gmail in German", "Am Do., 26. März 2026 um 15:43 Uhr schrieb Marta Klein <support@example.com>:"],
    ["Apple Mail in German", "Marta Klein <support@example.com> schrieb:"],
    ["Gmail in French", "Le jeu. 26 mars 2026 à 15:43, Marta Klein <support@example.com> a écrit :"],
    ["Gmail in Spanish", "El jue, 26 mar 2026 a las 15:43, Marta Klein (<support@example.com>) escribió:"],
    ["Gmail in Italian", "Il giorno gio 26 mar 2026 alle ore 15:43 Marta Klein <support@example.com> ha scritto:"],
    ["Libero", "In data 26 marzo 2026 15:43:00 Marta Klein <support@example.com> ha scritto:"],
    ["Gmail in Portuguese", "Em qui., 26 de mar. de 2026 às 15:43, Marta Klein <support@example.com> escreveu:"],
    ["Gmail in Dutch", "Op do 26 mrt 2026 om 15:43 schreef Marta Klein <support@example.com>:"],
    ["Thunderbird in Polish", "W dniu 26.03.2026 o 15:43, Marta Klein pisze:"],
    ["Gmail in Polish", "czw., 26 mar 2026 o 15:43 Marta Klein <support@example.com> napisał(a):"],
    ["Gmail in Danish", "Den tors. 26. mar. 2026 kl. 15.43 skrev Marta Klein <support@example.com>:"],
    ["Gmail in Norwegian", "tor. 26. mar. 2026 kl. 15:43 skrev Marta Klein <support@example.com>:"],
    ["Gmail in Finnish", "to 26. maalisk. 2026 klo 15.43 Marta Klein (support@example.com) kirjoitti:"],
    ["Gmail in Russian", "чт, 26 мар. 2026 г. в 15:43, Marta Klein <support@example.com>:"],
    ["Gmail in Chinese", "Marta Klein <support@example.com> 在 2026年3月26日 写道："],
    ["Apple Mail in Chinese", "在 2026年3月26日，15:43，Marta Klein <support@example.com> 写道："],
    ["Gmail in Korean", "2026년 3월 26일 (목) 오후 3:43, Marta Klein <support@example.com>님이 작성:"],
    ["Gmail in Japanese", "2026年3月26日(木) 15:43 Marta Klein <support@example.com>:"],
    ["Apple Mail in Japanese", "2026/03/26 15:43、Marta Klein <support@example.com>のメッセージ:"],
    [
      "Outlook",
      "From: Marta Klein <support@example.com>\nSent: Thursday, March 26, 2026 3:43 PM\nTo: Jo\nSubject: Re: It",
    ],
    ["Outlook in German", "Von: Marta Klein <support@example.com>\nGesendet: Donnerstag, 26. März 2026 15:43\nAn: Jo"],
    ["Outlook in French", "De : Marta Klein <support@example.com>\nEnvoyé : jeudi 26 mars 2026 15:43\nÀ : Jo"],
    ["an older Outlook", "-----Original Message-----\nFrom: Marta Klein\nSent: Thursday"],
    ["an older Outlook in German", "-----Ursprüngliche Nachricht-----\nVon: Marta Klein"],
  ])("ends where %s quotes", (_, attribution) => {
    for (const history of ["> Please sign in again.\n>\n> Marta\n", "\n> Please sign in again.\n"]) {
      expect(newText(`It still does not work.\n\n${attribution}\n${history}`)).toBe("It still does not work.");
      expect(newText(`It still does not work.\r\n\r\n${attribution}\r\n${history}`)).toBe("It still does not work.");
    }
    // Where the quotation has no marks.
    expect(newText(`It still does not work.\n\n${attribution}\n\nPlease sign in again.\n`)).toBe(
      "It still does not work.",
    );
  });

  it.each([
    ["-- ", "Jo Doe\nExample Ltd\n+49 30 1234"],
    ["--", "Jo"],
    ["____", "Jo"],
    ["Sent from my iPhone", ""],
    ["Get Outlook for Android<https://aka.ms/12345>", ""],
    ["Von meinem iPhone gesendet", ""],
    ["Gesendet von Mail für Windows", ""],
    ["Envoyé de mon iPhone", ""],
    ["Enviado desde mi iPhone", ""],
    ["Verstuurd vanaf mijn iPad", ""],
    ["Cheers,", "Jo"],
    ["Kind regards", "Jo"],
    ["Thanks and Regards,", "Jo"],
    ["Bien cordialement,", "Jo"],
  ])("is without the signature that %j begins", (mark, below) => {
    expect(newText(`It still does not work.\n\n${mark}\n${below}`)).toBe("It still does not work.");
  });

  it("keeps what only looks like a signature: too much stands below it", () => {
    const text = `Log of today:\n---\n${"one more line\n".repeat(13)}end`;
    expect(newText(text)).toBe(text);
  });

  it.each([
    "On the other hand, I never wrote: to him",
    "Von hier aus: nichts",
    "Regards to your mother, she was kind",
    "Time: 2026",
    "> is not a prompt here but < is",
  ])("keeps a line that only looks like a mark: %s", (line) => {
    expect(newText(`First.\n${line}\nLast.`)).toBe(`First.\n${line}\nLast.`);
  });
});

/** Everything that the rules have in them, and what texts are cut by. */
const TOKENS = [
  ...[...marks.VERBS].slice(0, 6).map((verb) => ` ${verb}:`),
  ...marks.VERB_ENDS.slice(0, 3).map((end) => `${end}:`),
  ...marks.BEGINS.slice(0, 6),
  ...[...marks.LABELS.keys()].slice(-4).map((label) => `${label}:`),
  ...[...marks.LABELS.keys()].slice(0, 3).map((label) => `${label}: x\n`),
  ...[...marks.ORIGINALS.slice(0, 2), ...[...marks.FORWARDS].slice(0, 2), ...marks.DEVICE_BEGINS.slice(0, 3)],
  ...[...marks.DEVICES.slice(0, 2), ...marks.DEVICE_ENDS.slice(0, 2), ...marks.HANDING_ON.slice(0, 2)],
  ...[...[...marks.GREETINGS].slice(0, 2), ...marks.GREETING_ENDS, "kind "],
  ...[
    "2020from<",
    "<",
    ">",
    "<a@b>",
    "[",
    "]",
    ":",
    ">:",
    "2026-03-26 15:43",
    "1234",
    "-",
    "--",
    "\n-- \n",
    "https://",
    "_",
    "=",
    "+",
    " ",
    "\t",
  ],
  ...["\n", "\n\n", "\r\n", "\n>", "\n \n", "\u{a0}", "\u{1f600}", "й", "，"],
].filter((token) => token !== "");
const LENGTH = 64 * 1024;

it("loses no line that says something, whatever it is made of", () => {
  const words = fc.constantFrom(
    ...TOKENS,
    "a word ",
    "What? ",
    "\n",
    "\n\n",
    "\n> quoted\n",
    "\nKind regards\n",
    "\nOn 1 May 2026 ",
  );
  const said = (text: string) =>
    text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => line.trim());
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 40 }), (some) => {
      const text = some.join("");
      const { reply, quoted } = splitReply(text);
      expect(said(`${reply}\n${quoted ?? ""}`)).toEqual(said(text));
    }),
    { numRuns: 500 },
  );
});

/** Of one character; a line is looked at as the first, second and third of an attribution, by every rule that it begins like. */
const STEPS_EACH = 60;

describe("the time that it takes", () => {
  const stepsFor = (text: string): number => {
    const steps = { taken: 0 };
    splitReply(text, undefined, steps);
    return steps.taken;
  };
  const filled = (unit: string) => unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH);

  it("grows with the length, for repetitions of every token of the rules, and of every two", () => {
    for (const one of TOKENS) {
      expect(stepsFor(filled(one))).toBeLessThan(STEPS_EACH * LENGTH);
      expect(stepsFor(filled(`${one}\n`))).toBeLessThan(STEPS_EACH * LENGTH);
    }
    // 4 KB of each pair, or the test itself would be what takes its time.
    for (const one of TOKENS) {
      for (const other of TOKENS) {
        const text = filled(one + other).slice(0, 4096);
        expect(stepsFor(text)).toBeLessThan(STEPS_EACH * text.length);
      }
    }
  });

  it("doubles where the text does, for any mix of them", () => {
    const mix = fc.array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 12 }).map((tokens) => tokens.join(""));
    fc.assert(
      fc.property(mix, (unit) => {
        const [half, whole] = [filled(unit).slice(0, LENGTH / 2), filled(unit)];
        expect(stepsFor(whole)).toBeLessThan(2 * stepsFor(half) + STEPS_EACH * 1000);
        expect(stepsFor(whole)).toBeLessThan(STEPS_EACH * whole.length);
      }),
    );
  });

  it("is no more for the text of 4,000 characters that took 42 seconds", () => {
    expect(stepsFor("2020from<".repeat(500))).toBeLessThan(STEPS_EACH * 4500);
  });
});
