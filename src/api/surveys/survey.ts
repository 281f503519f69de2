import { SurveyId } from "../fields.ts";
import { invalidField } from "../problem.ts";

/**
 * The survey that a path names. There is none that could be missing: one without webhooks has an empty list of them.
 * @throws ApiError invalid_request for what cannot be a survey's id
 */
export function surveyOf(param: string): string {
  const { data, error } = SurveyId.safeParse(param);
  if (data === undefined) throw invalidField("survey", error?.issues[0]?.message ?? "This is no survey's id");
  return data;
}
