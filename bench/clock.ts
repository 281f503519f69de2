/** The clock that all processes of a run share: milliseconds since 1970, with fractions. */
export const now = (): number => performance.timeOrigin + performance.now();
