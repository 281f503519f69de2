/** HTTP's dates: RFC 9110, 5.6.7. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
const MONTH = `(?<month>${MONTHS.join("|")})`;

const FORMS = [
  // IMF-fixdate, the form to write: Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^[A-Z][a-z]{5,8}, (?<day>\\d\\d)-${MONTH}-(?<short>\\d\\d) ${TIME} GMT$`),
  // ANSI C's asctime(): Sun Nov  6 08:49:37 1994
  new RegExp(`^[A-Z][a-z]{2} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * A date in any of the three forms that a recipient must take, in milliseconds since 1970; null for anything else.
 * @param now a year of two digits that would lie more than 50 years after it means the century before
 */
export function parseHttpDate(text: string, now: number): number | null {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts) return dateOf(parts, now);
  }
  return null;
}

function dateOf(parts: Readonly<Record<string, string | undefined>>, now: number): number | null {
  const number = (name: string) => Number(parts[name]);
  const month = MONTHS.indexOf(parts.month ?? "");
  const year = parts.short === undefined ? number("year") : fullYear(number("short"), now);
  const [day, hour, minute, second] = [number("day"), number("hour"), number("minute"), number("second")];
  // A leap second (60) is the next one here.
  if (hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hour, minute, second);
  const exists = day >= 1 && new Date(Date.UTC(year, month + 1, 0)).getUTCDate() >= day;
  return exists ? date.getTime() : null;
}

function fullYear(short: number, now: number): number {
  const current = new Date(now).getUTCFullYear();
  const year = Math.floor(current / 100) * 100 + short;
  return year > current + 50 ? year - 100 : year;
}
