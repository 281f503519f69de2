import * as z from "zod";

/** A variable whose text is JSON. @param name what the error of one that is not calls it */
export const jsonVariable = (name: string) =>
  z.string(`${name} must be JSON text`).transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: "custom", message: `${name} must be JSON text: ${why}` });
      return z.NEVER;
    }
  });
