export interface SpanOptions {
  /** `internal` if omitted. */
  readonly kind?: 'server' | 'client' | 'consumer';
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** The `traceparent` (W3C Trace Context) of another process; if omitted, the parent is the current span. */
  readonly parent?: string | undefined;
}

/** A span that has begun. */
export interface OpenSpan {
  /** For other processes that continue the trace. */
  readonly traceparent: string;
  /** Runs work whose spans are children of this one. */
  within<T>(work: () => T): T;
  /** Only the code or the name of an error is recorded: a message can contain the values of a statement. */
  end(error?: unknown): void;
  add(attributes: Readonly<Record<string, string | number>>): void;
}

/** Records spans, and sends them to a collector in the background. */
export interface Tracer {
  open(name: string, options?: SpanOptions): OpenSpan;
  /** Runs work in a span of its own. */
  trace<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T>;
  /** Whether there is a current span. */
  isActive(): boolean;
  /** Sends the spans that have ended, as far as the collector answers within a few seconds. */
  close(): Promise<void>;
}
