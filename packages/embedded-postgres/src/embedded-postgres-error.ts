/**
 * Why PostgreSQL could not be started.
 * - `IN_USE`: another process runs it on the same folder.
 * - `PORT_TAKEN`: the requested port, or every port, is in use.
 * - `UNSUPPORTED`: there are no binaries for this platform, or they cannot run here.
 * - `ABORTED`: the caller aborted the start.
 * - `FAILED`: anything else.
 */
export type EmbeddedPostgresFailure = 'IN_USE' | 'PORT_TAKEN' | 'UNSUPPORTED' | 'ABORTED' | 'FAILED';

/** The only error that `startEmbeddedPostgres` rejects with. `message` is a sentence for the terminal. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresFailure;

  constructor(code: EmbeddedPostgresFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
