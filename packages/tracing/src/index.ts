export { createTracer } from './create-tracer.ts';
export type { OpenSpan, SpanOptions, Tracer } from './tracer.ts';
