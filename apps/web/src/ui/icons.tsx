const stroke = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.75, strokeLinecap: 'round' } as const;

/** Open: the password is shown. */
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

/** The switch to the light theme. */
export const Sun = () => (
  <svg viewBox="0 0 24 24" className="icon" aria-hidden="true" focusable="false" {...stroke}>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
  </svg>
);

/** The switch to the dark theme. */
export const Crescent = () => (
  <svg viewBox="0 0 24 24" className="icon" aria-hidden="true" focusable="false" {...stroke}>
    <path d="M19.5 14.5A8 8 0 1 1 10 4.3a6.4 6.4 0 0 0 9.5 10.2Z" strokeLinejoin="round" />
  </svg>
);

interface MoonProps {
  /** The lit part: 0 is the new moon, 1 the full moon. */
  readonly phase: number;
  readonly className?: string;
}

// The lit part lies between the right edge and the terminator, which is half an ellipse.
const litPath = (phase: number): string => {
  const bend = 1 - 2 * Math.min(1, Math.max(0, phase));
  return `M0-10A10 10 0 0 1 0 10A${Math.abs(bend) * 10} 10 0 0 ${bend > 0 ? 0 : 1} 0-10Z`;
};

/** A waxing moon. It is decoration: whatever it shows is also said in words. */
export const Moon = ({ phase, className = '' }: MoonProps) => (
  <svg className={`moon ${className}`} viewBox="-10 -10 20 20" aria-hidden="true" focusable="false">
    <circle className="moon-dark" r="9.9" />
    <path className="moon-lit" d={litPath(phase)} transform="rotate(-18)" />
  </svg>
);
