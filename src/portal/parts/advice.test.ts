import { expect, it } from "vitest";
import { adviceFor } from "./advice.ts";

it("goes by the status where there is one, and by the error where no answer came", () => {
  expect(adviceFor({ status: 404, error: "status" })).toMatch(/nothing at this path/);
  expect(adviceFor({ status: 500, error: "status" })).toMatch(/its log/);
  expect(adviceFor({ status: 418, error: "status" })).toMatch(/2xx/);
  expect(adviceFor({ status: 302, error: "redirect" })).toMatch(/where the redirect leads/);
  expect(adviceFor({ status: null, error: "timeout" })).toMatch(/answer 2xx first/);
});

it("has nothing to say of success, and of what nobody knows", () => {
  expect(adviceFor({ status: 200, error: null })).toBeNull();
  expect(adviceFor({ status: null, error: "unknown" })).toBeNull();
});
