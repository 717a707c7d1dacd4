import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { OpenSpan, SpanOptions, Tracer } from './tracer.ts';

const CLOSE_TIMEOUT_MS = 3000;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };

/** The code of an error or of its deepest cause that has one; otherwise its name. */
const typeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return error.cause instanceof Error && 'code' in error.cause ? typeOf(error.cause) : code;
};

const traceparentOf = (active: typeof ROOT_CONTEXT): string => {
  const carrier: Record<string, string> = {};
  propagation.inject(active, carrier);
  return carrier['traceparent'] ?? '';
};

/**
 * Creates the tracer of a process and registers it with OpenTelemetry. The SDK reads its standard variables, such as
 * OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and OTEL_BSP_SCHEDULE_DELAY.
 * OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over `serviceName`.
 */
export const createTracer = (serviceName: string): Tracer => {
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const tracer = provider.getTracer('moonlight');

  const open = (name: string, { kind, attributes = {}, parent }: SpanOptions = {}): OpenSpan => {
    const outer = parent === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, { traceparent: parent });
    const options = { kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind], attributes: { ...attributes } };
    const span = tracer.startSpan(name, options, outer);
    const inner = trace.setSpan(outer, span);
    return {
      traceparent: traceparentOf(inner),
      within: (work) => context.with(inner, work),
      add: (more) => void span.setAttributes({ ...more }),
      end: (error) => {
        if (error !== undefined)
          span.setAttribute('error.type', typeOf(error)).setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  };
  return {
    open,
    trace: async (name, options, work) => {
      const span = open(name, options);
      try {
        const result = await span.within(work);
        span.end();
        return result;
      } catch (error) {
        span.end(error);
        throw error;
      }
    },
    isActive: () => trace.getActiveSpan() !== undefined,
    close: async () => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
};
