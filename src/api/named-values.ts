import * as z from "./z.ts";

const LOST = "__proto__";
const WHY = "Nothing can be called so: an object in JavaScript takes it for something else, and it would be lost";

/** An object whose names are the caller's. One that zod leaves out of it in silence is refused. */
export const namedValues = <Value extends z.ZodType>(value: Value) =>
  z.preprocess(
    (given, context) => {
      if (typeof given === "object" && given !== null && Object.hasOwn(given, LOST)) {
        context.addIssue({ code: "custom", path: [LOST], message: WHY });
      }
      return given;
    },
    z.record(z.string(), value),
  );
