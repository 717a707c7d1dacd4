interface Props {
  /** How much of it is lit: 0 is the new moon, 1 the full one. */
  readonly phase: number;
  readonly className?: string;
}

// The lit part lies between the right limb and the terminator, which is half an ellipse seen from the front.
const litPath = (phase: number): string => {
  const bend = 1 - 2 * Math.min(1, Math.max(0, phase));
  return `M0-10A10 10 0 0 1 0 10A${Math.abs(bend) * 10} 10 0 0 ${bend > 0 ? 0 : 1} 0-10Z`;
};

/** A waxing moon, as decoration: whatever it says is said in words beside it. */
export const Moon = ({ phase, className = '' }: Props) => (
  <svg className={`moon ${className}`} viewBox="-10 -10 20 20" aria-hidden="true" focusable="false">
    <circle className="moon-dark" r="9.9" />
    <path className="moon-lit" d={litPath(phase)} transform="rotate(-18)" />
  </svg>
);
