/** Where the queue lives. Without `redisUrls` it lives in PostgreSQL, in a schema of its own. */
export interface QueueOptions {
  readonly databaseUrl: string;
  /** One address; a list is a cluster; `?sentinel=<master name>` makes them sentinels. */
  readonly redisUrls?: readonly string[] | undefined;
  /** Hears of lost connections and of everything else that nobody awaits; it must not throw. */
  onError(error: Error): void;
}

export interface WorkerOptions extends QueueOptions {
  /** How many jobs run at the same time in this process; 10 unless told. */
  readonly concurrency?: number;
}

/** What a running part of the queue can be asked from outside. */
export interface Connected {
  /** Resolves when the backend answers; rejects within seconds when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
