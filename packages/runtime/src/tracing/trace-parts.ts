import { AsyncLocalStorage } from 'node:async_hooks';
import type { MailSender, PasswordHasher } from '@moonlight/auth';
import type { Database } from '@moonlight/db';
import type { Tracer } from '@moonlight/tracing';

type Pool = Database['$client'];
type Callback = (...results: unknown[]) => unknown;

const LONGEST_TEXT = 1000;

const isCallback = (value: unknown): value is Callback => typeof value === 'function';
const textOf = (statement: unknown): string => {
  if (typeof statement === 'string') return statement;
  return typeof statement === 'object' && statement !== null && 'text' in statement ? String(statement.text) : '';
};

/** The driver's `query`, with a span for each statement. It takes a callback or returns a promise. */
const traced =
  (tracer: Tracer, query: Callback): Callback =>
  (...given) => {
    // Without a request or a mail there is nothing to follow: the worker looks for mails every two seconds.
    if (!tracer.isActive()) return query(...given);
    const text = textOf(given[0]).trim();
    const operation = /^\w+/.exec(text)?.[0].toUpperCase() ?? 'STATEMENT';
    // Statements have placeholders: their values are no part of the text.
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.text': text.slice(0, LONGEST_TEXT),
    };
    const span = tracer.open(operation, { kind: 'client', attributes });
    const last = given.at(-1);
    if (isCallback(last))
      return query(...given.slice(0, -1), (error: unknown, ...results: unknown[]) => {
        span.end(error ?? undefined);
        return last(error, ...results);
      });
    const answer = query(...given);
    if (answer instanceof Promise)
      answer.then(
        () => span.end(),
        (error: unknown) => span.end(error),
      );
    else span.end();
    return answer;
  };

/** Adds a span to every statement of a pool that a request or a mail causes. */
export const traceStatements = (pool: Pool, tracer: Tracer): void => {
  const connect: Callback = pool.connect.bind(pool);
  // A call that waits for a connection continues when another call gives one back, and would continue in that call's span.
  Object.assign(pool, {
    connect: (callback?: Callback) => (callback === undefined ? connect() : connect(AsyncLocalStorage.bind(callback))),
  });
  pool.on('connect', (client) => {
    const query: Callback = client.query.bind(client);
    Object.assign(client, { query: traced(tracer, query) });
  });
};

/** A hasher with a span for each hash, its wait for a core included. */
export const traceHashes = (hasher: PasswordHasher, tracer: Tracer): PasswordHasher => ({
  ...hasher,
  enter: (ip) => {
    const place = hasher.enter(ip);
    return {
      hash: (password) => tracer.trace('hash password', {}, () => place.hash(password)),
      verify: (password, hash) => tracer.trace('verify password', {}, () => place.verify(password, hash)),
      [Symbol.dispose]: () => place[Symbol.dispose](),
    };
  },
});

/** A sender whose spans continue the trace of the call that queued the mail. */
export const traceMails = (sender: MailSender, tracer: Tracer): MailSender => ({
  send: (outgoing) => {
    const { id, mail, traceparent } = outgoing;
    const attributes = { 'moonlight.mail.kind': mail.kind, 'moonlight.outbox.id': id };
    return tracer.trace('send mail', { kind: 'consumer', parent: traceparent, attributes }, () =>
      sender.send(outgoing),
    );
  },
});
