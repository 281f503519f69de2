import type { FieldError, Problem } from "../../api/problem.ts";
import { indented } from "./indented.ts";

/** JSON that somebody types into a form, and what is wrong with it. */

/** What was typed as JSON: its text, which may go into a request's; or why it is none. Nothing typed is null. */
type ParsedJson = { ok: true; text: string } | { ok: false; message: string };

/** Reads what was typed into a field. Its value is nobody's business here: to read it would round long numbers. */
export function parseJson(text: string): ParsedJson {
  if (text.trim() === "") return { ok: true, text: "null" };
  try {
    JSON.parse(text);
    return { ok: true, text };
  } catch (error) {
    return { ok: false, message: `This is no JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

/** What the API calls a request's shape is a form to who fills it in. */
const TITLE = "Something in the form has to be corrected";

/** A problem of our own with what a form brought, in the API's form. */
export const problemWithForm = (errors: FieldError[]): Problem => ({
  type: "/problems/invalid_request",
  title: TITLE,
  status: 422,
  code: "invalid_request",
  detail: errors.map(({ path, message }) => `${path}: ${message}`).join(" "),
  errors,
  request_id: "",
});

/**
 * Puts the way to what is wrong within a field's JSON into its message, which otherwise is said of the whole field:
 * `data.items.0` has "items.0: …".
 */
export function withWays(problem: Problem | null, fields: readonly string[]): Problem | null {
  if (!problem?.errors) return problem;
  const errors = problem.errors.map(({ path, message }) => {
    const field = fields.find((name) => path.startsWith(`${name}.`));
    return field === undefined
      ? { path, message }
      : { path: field, message: `${path.slice(field.length + 1)}: ${message}.`.replace(/\.\.$/, ".") };
  });
  return { ...problem, title: TITLE, errors };
}

/** JSON text as people read and change it, digit for digit; empty for null, which is nothing. */
export const prettyJson = (text: string | null | undefined): string =>
  text === null || text === undefined ? "" : (indented(text) ?? text);
