import type pg from 'pg';

/** A session of PostgreSQL that holds a lock for which another one waits. */
export interface LockHolder {
  readonly pid: number;
  /** The `application_name` of its connection; empty if it set none. */
  readonly application: string;
  readonly state: string;
  /** The start of its transaction. */
  readonly since: Date;
  /** Its last statement, shortened and without values. */
  readonly query: string;
}

const QUERY_LENGTH = 80;

/** Removes what may be personal or secret from a statement: strings and numbers. An unfinished string is removed whole. */
export const withoutValues = (query: string): string => {
  const text = query
    .replaceAll(/\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g, '…')
    // A backslash escapes the quote in some strings only; to take it as one everywhere removes too much, never too little.
    .replaceAll(/'(?:[^'\\]|''|\\[\s\S])*(?:'|$)/g, '…')
    .replaceAll(/(?<![\w$])\d[\w.]*/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.length > QUERY_LENGTH ? `${text.slice(0, QUERY_LENGTH)}…` : text;
};

/** The sessions that hold the locks for which the session `pid` waits. */
export const lockHolders = async (client: pg.Client, pid: number): Promise<LockHolder[]> => {
  const { rows } = await client.query<LockHolder>(
    `select pid, coalesce(application_name, '') as application, coalesce(state, 'of another user') as state,
       coalesce(xact_start, query_start, backend_start, now()) as since, coalesce(query, '') as query
     from pg_stat_activity where pid = any(pg_blocking_pids($1)) order by since`,
    [pid],
  );
  return rows.map((row) => ({ ...row, query: withoutValues(row.query) }));
};

const describe = ({ pid, application, state, since, query }: LockHolder): string =>
  `pid ${pid} (${[application, `${state} since ${since.toISOString()}`].filter((part) => part !== '').join(', ')}): ${query}`;

/** One line: `pid 4711 (psql, idle in transaction since 2026-11-21T20:00:00.000Z): update users set …`. */
export const describeHolders = (holders: readonly LockHolder[]): string =>
  holders.length === 0 ? 'a session that PostgreSQL does not name' : holders.map(describe).join('; ');
