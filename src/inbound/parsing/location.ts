/** A place, where both numbers are ones. */
export function locationOf(latitude: unknown, longitude: unknown): { lat: number; lon: number } | undefined {
  const [lat, lon] = [latitude, longitude].map((each) =>
    typeof each === "number" ? each : typeof each === "string" && each !== "" ? Number(each) : Number.NaN,
  );
  return lat !== undefined && lon !== undefined && Number.isFinite(lat) && Number.isFinite(lon)
    ? { lat, lon }
    : undefined;
}
