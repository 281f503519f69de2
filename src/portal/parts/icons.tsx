const line = {
  width: "16",
  height: "16",
  viewBox: "0 0 24 24",
  fill: "none",
  stroke: "currentColor",
  "stroke-width": "2.2",
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
} as const;

/** The mark: a coiled horn. */
export const Horn = () => (
  <svg {...line} width="22" height="22" aria-hidden="true">
    <circle cx="10" cy="13" r="5" />
    <path d="M15 13V6.500M10 8h6.500c2.500 0 3.500-1 4.500-2.500v7c-1-1.500-2-2.500-4.500-2.500" />
  </svg>
);

export const Plus = () => (
  <svg {...line} aria-hidden="true">
    <path d="M12 5v14M5 12h14" />
  </svg>
);
