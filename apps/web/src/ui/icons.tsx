const stroke = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.75, strokeLinecap: 'round' } as const;

/** An eye, open or closed. */
export const Eye = ({ isOpen }: { readonly isOpen: boolean }) => (
  <svg viewBox="0 0 24 24" className="icon" aria-hidden="true" focusable="false" {...stroke}>
    {isOpen ? (
      <>
        <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
        <circle cx="12" cy="12" r="2.75" />
      </>
    ) : (
      <path d="M3 10.5c2 3 5.2 4.5 9 4.5s7-1.5 9-4.5M12 15v3.5M6.5 14l-1.9 2.8M17.5 14l1.9 2.8" />
    )}
  </svg>
);

/** A sun, to get light. */
export const Sun = () => (
  <svg viewBox="0 0 24 24" className="icon" aria-hidden="true" focusable="false" {...stroke}>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
  </svg>
);

/** A crescent, to get dark. */
export const Crescent = () => (
  <svg viewBox="0 0 24 24" className="icon" aria-hidden="true" focusable="false" {...stroke}>
    <path d="M19.5 14.5A8 8 0 1 1 10 4.3a6.4 6.4 0 0 0 9.5 10.2Z" strokeLinejoin="round" />
  </svg>
);
