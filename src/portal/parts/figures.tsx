/** Numbers, and small pictures of them. */

/** `12 345`, with narrow spaces. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** `99.2 %`; what is not all never reads as 100. */
export function percent(share: number | null): string {
  if (share === null) return "–";
  const floored = Math.floor(share * 1000) / 10;
  return `${share === 1 ? 100 : floored.toFixed(1)} %`;
}

/** One thing out of a row of figures. */
export function Figure({ name, value, unit }: { name: string; value: string | number; unit?: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {value} {unit && <small>{unit}</small>}
      </dd>
    </div>
  );
}

const BAR = { width: 4, gap: 1, height: 22 };

/** `unknown`: not all of what happened then was counted. */
type Bar = { delivered: number; failed: number; unknown?: boolean };

/** What happened over time: a bar each, what failed on top of what was delivered. */
export function Sparkline({ buckets, label }: { buckets: readonly Bar[]; label: string }) {
  const most = Math.max(1, ...buckets.map(({ delivered, failed }) => delivered + failed));
  const { width, gap, height } = BAR;
  return (
    <svg class="spark" width={buckets.length * (width + gap)} height={height} role="img" aria-label={label}>
      {buckets.map(({ delivered, failed, unknown }, index) => {
        const x = index * (width + gap);
        if (unknown) return <rect class="unknown" x={x} y={0} width={width} height={height} />;
        const up = Math.ceil((delivered / most) * (height - 2));
        const down = Math.min(height - up, Math.ceil((failed / most) * (height - 2)));
        if (up + down === 0) return <rect class="none" x={x} y={height - 1} width={width} height={1} />;
        return (
          <>
            <rect class="up" x={x} y={height - up} width={width} height={up} />
            {down > 0 && <rect class="down" x={x} y={height - up - down} width={width} height={down} />}
          </>
        );
      })}
    </svg>
  );
}

/** How much of a limit is used. */
export function Meter({ used, limit, label }: { used: number; limit: number; label: string }) {
  const share = limit === 0 ? 100 : Math.min(100, (used / limit) * 100);
  const tone = share >= 100 ? "bad" : share >= 80 ? "warn" : "";
  return (
    <svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="track" width="100" height="8" rx="1" />
      <rect class={`value ${tone}`} width={share} height="8" rx="1" />
    </svg>
  );
}
