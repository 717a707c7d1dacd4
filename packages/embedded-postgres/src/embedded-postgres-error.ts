/** Why an embedded PostgreSQL could not be had; `message` is a sentence for the person at the terminal. */
export type EmbeddedPostgresFailure = 'IN_USE' | 'PORT_TAKEN' | 'UNSUPPORTED' | 'ABORTED' | 'FAILED';

/** The one error `startEmbeddedPostgres` rejects with. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresFailure;

  constructor(code: EmbeddedPostgresFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
