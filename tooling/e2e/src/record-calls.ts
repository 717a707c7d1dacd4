/** A fetch that writes down the procedures of each request, batches with commas. */
export const recordCalls = (): { fetch: typeof fetch; calls: string[]; count(path: string): number } => {
  const calls: string[] = [];
  return {
    calls,
    count: (path) => calls.filter((call) => call === path).length,
    fetch: (input, init) => {
      calls.push(new URL(input instanceof Request ? input.url : input).pathname.replace('/trpc/', ''));
      return fetch(input, init);
    },
  };
};
