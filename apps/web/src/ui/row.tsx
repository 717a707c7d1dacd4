import type { ReactNode } from 'react';

/** A fact in a list of the class `rows`. */
export const Row = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className="row">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
