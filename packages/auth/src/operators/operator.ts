/** Who acts on the command line, and why: both are written to the audit log. */
export interface Operator {
  /** `cli:<user>` */
  readonly actor: string;
  readonly reason: string;
}
