interface Race<T> {
  readonly won: readonly T[];
  /** The error codes of those who lost. */
  readonly lost: readonly string[];
}

/** Lets many do the same thing at the same moment, and tells what came of it. */
export const race = async <T>(count: number, act: (index: number) => Promise<T>): Promise<Race<T>> => {
  const answers = await Promise.allSettled(Array.from({ length: count }, (_, index) => act(index)));
  return {
    won: answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])),
    lost: answers.flatMap((answer) =>
      answer.status === 'rejected' ? [String(answer.reason.data?.error ?? answer.reason)] : [],
    ),
  };
};
