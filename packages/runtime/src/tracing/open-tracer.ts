import type { Config } from '@moonlight/config';
import type { Tracer } from '@moonlight/tracing';

export type { OpenSpan, Tracer } from '@moonlight/tracing';

/**
 * The tracer of a process, if OTEL_EXPORTER_OTLP_ENDPOINT is set. Otherwise nothing of OpenTelemetry is loaded: it would
 * take memory and time at every start.
 */
export const openTracer = async ({ tracing }: Config, processName: 'api' | 'worker'): Promise<Tracer | undefined> => {
  if (tracing.endpoint === undefined) return undefined;
  const { createTracer } = await import('@moonlight/tracing');
  return createTracer(`moonlight-${processName}`);
};
