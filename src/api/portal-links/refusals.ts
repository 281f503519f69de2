import { ApiError } from "../problem.ts";

export const noLink = (): ApiError =>
  new ApiError("not_found", "There is no such portal link: it was revoked, or let go a day after its end.");
