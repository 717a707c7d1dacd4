/** No answer of the service came. `message` says which: nothing answered, or something else did. */
export class NetworkFailure extends Error {
  override readonly name: string = 'NetworkFailure';
}

/**
 * Whether an error means that no answer of the service came: it is down, the network is, the answer took too long, or a proxy's
 * error page answered in its place. What was asked may have been done all the same. The session is kept: whoever is
 * signed in still is.
 */
export const isNetworkError = (error: unknown): error is Error =>
  error instanceof NetworkFailure || (error instanceof Error && error.cause instanceof NetworkFailure);
