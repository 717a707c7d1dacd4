/** Whether the caller gave a call up. Running out of time is not that: then the network is at fault. */
export const isGivenUp = (signal: AbortSignal | null | undefined): boolean => {
  if (signal?.aborted !== true) return false;
  const reason: unknown = signal.reason;
  return !(reason instanceof Error && reason.name === 'TimeoutError');
};
